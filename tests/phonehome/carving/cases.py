"""A mixed case at the stage where Clara composes its packet, over HTTP only."""

from typing import Any

from tests.cast import Cast
from tests.flow.test_agents_mode import triage

THEIRS = "The ledger of Zanzibar Foods lost its March entries."
OURS = "prism_signal answers 500 to every reply since 1.4.0."
LOG = "Their importer wrote: batch 17 of 40 was skipped."
CODE = "phone_home_carve_out_overlap"


def mixed_case(cast: Cast, settings: Any, *, scope: str = "mixed") -> str:
    """A case with five tiers, ready to be staged; its id."""
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report(f"{OURS} {THEIRS}")["intake_id"]
    answer = cast.sage.post(
        f"intake/{intake_id}/classification", {"classification": "incident", "rationale": "500"}
    )
    assert answer.status_code == 200, answer.content
    incident_id = str(answer.json()["incident_id"])
    triage(cast, incident_id, scope=scope)
    return incident_id


def section(name: str, side: str, text: str) -> dict[str, str]:
    return {"name": name, "side": side, "text": text}


SECTIONS = [
    section("Summary", "product", OURS),
    section("Symptom record", "product", "It began after the upgrade."),
    section("Their side", "customer", THEIRS),
]


def packet(sections: list[dict[str, str]] | None = None, **changes: Any) -> dict[str, Any]:
    """The body of a request that stages or revises; without `sections` the good ones."""
    return {
        "title": "prism_signal answers 500",
        "sections": SECTIONS if sections is None else sections,
        "redaction_report": {"status": "passed"},
        **changes,
    }


def stage(cast: Cast, settings: Any, **changes: Any) -> Any:
    """The answer to staging the packet of a new mixed case."""
    incident_id = mixed_case(cast, settings)
    return cast.clara.post("phone-home/records", packet(incident_id=incident_id, **changes))


def staged(cast: Cast, settings: Any, **changes: Any) -> dict[str, Any]:
    answer = stage(cast, settings, **changes)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())
