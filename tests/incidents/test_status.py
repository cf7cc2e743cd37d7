"""What the reporter may know of its case, and the words that it must not see."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from phonehome.models import PhoneHomeRecord
from phonehome.services.approve_packet import approve_packet
from phonehome.states import ReviewSurface
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def everything_jade_sees(cast: Cast, incident_id: str) -> str:
    """Every GET that answers the reporter, with every row of every list."""
    paths = [
        "roster",
        "signals?box=inbox",
        "signals?box=sent",
        "intake",
        "incidents",
        f"incidents/{incident_id}",
        f"incidents/{incident_id}/status",
    ]
    bodies = []
    for path in paths:
        answer = cast.jade.get(path)
        assert answer.status_code == 200
        bodies.append(answer.content.decode())
        for row in answer.json().get("results", []):
            for kind in ("signal_id", "intake_id"):
                if row.get(kind):
                    found = cast.jade.get(
                        f"{kind.removesuffix('_id').replace('signal', 'signals')}/{row[kind]}"
                    )
                    bodies.append(found.content.decode())
    for path in ("phone-home/records",):
        assert cast.jade.get(path).status_code == 403
    return "\n".join(bodies)


@pytest.fixture
def canaries() -> dict[str, str]:
    """A word of its own for each place where the desk writes."""
    places = (
        "rationale_of_tier",
        "env",
        "skipped",
        "scanned",
        "note",
        "postmortem",
        "reason",
        "packet_title",
        "packet_body",
        "packet_customer",
        "packet_ref",
        "withdrawal",
        "review_notes",
    )
    return {place: f"canary{secrets.token_hex(6)}" for place in places}


def triaged(cast: Cast, settings: Any, canaries: dict[str, str]) -> str:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report("prism_signal crashes, says the reporter")["intake_id"]
    verdict = {"classification": "incident", "rationale": "it crashes"}
    body = cast.sage.post(f"intake/{intake_id}/classification", verdict).json()
    tiers: list[dict[str, Any]] = [
        {
            "env": {"x": canaries["env"]},
            "install_type": "pip",
            "project_metadata": {"x": canaries["env"]},
            "agent_roster": [canaries["env"]],
        },
        {"skipped": dict.fromkeys(("stack_trace", "journal_refs", "git_rev"), canaries["skipped"])},
        {"text": canaries["scanned"]},
        {"severity": "P1", "scope": "mixed", "kind": "incident", "note": canaries["note"]},
        {
            "postmortem_summary": canaries["postmortem"],
            "eligible": True,
            "reasons": [canaries["reason"]],
        },
    ]
    for number, content in enumerate(tiers, start=1):
        answer = cast.clara.put(f"incidents/{body['incident_id']}/triage/{number}", content)
        assert answer.status_code == 200, answer.content
    return str(body["incident_id"])


def stage(cast: Cast, incident_id: str, canaries: dict[str, str]) -> dict[str, Any]:
    answer = cast.clara.post(
        "phone-home/records",
        {
            "incident_id": incident_id,
            "title": f"a verb crashes {canaries['packet_title']}",
            "sections": [
                {"name": "Summary", "side": "product", "text": canaries["packet_body"]},
                {"name": "Theirs", "side": "customer", "text": canaries["packet_customer"]},
            ],
            "local_artifact_refs": [canaries["packet_ref"]],
            "redaction_report": {"status": "passed"},
        },
    )
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def unseen(cast: Cast, incident_id: str, canaries: dict[str, str]) -> None:
    seen = everything_jade_sees(cast, incident_id)
    assert "says the reporter" in seen  # its own words it does see
    assert [place for place, word in canaries.items() if word in seen] == []


def test_the_reporter_sees_nothing_that_nobody_released(
    cast: Cast,
    settings: Any,
    sweep: Callable[[], None],
    tmp_path: Any,
    canaries: dict[str, str],
) -> None:
    settings.PHONE_HOME_FOLDER = tmp_path
    incident_id = triaged(cast, settings, canaries)
    unseen(cast, incident_id, canaries)
    record = stage(cast, incident_id, canaries)
    unseen(cast, incident_id, canaries)
    approve_packet(
        record_id=PhoneHomeRecord.objects.get().pk,
        seen_digest=record["packet_sha256"],
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
        notes=canaries["review_notes"],
    )
    unseen(cast, incident_id, canaries)
    sweep()
    sweep()
    unseen(cast, incident_id, canaries)
    status = cast.jade.get(f"incidents/{incident_id}/status").json()
    assert status["issue"] == {"number": 1, "state": "open"}


def test_nor_when_the_packet_is_taken_back(
    cast: Cast, settings: Any, canaries: dict[str, str]
) -> None:
    incident_id = triaged(cast, settings, canaries)
    record = stage(cast, incident_id, canaries)
    path = f"phone-home/records/{record['record_id']}/withdraw"
    assert cast.clara.post(path, {"reason": canaries["withdrawal"]}).status_code == 200
    unseen(cast, incident_id, canaries)


def test_the_status_says_where_the_case_is(
    cast: Cast, settings: Any, canaries: dict[str, str]
) -> None:
    incident_id = triaged(cast, settings, canaries)
    stage(cast, incident_id, canaries)
    answers = [
        who.get(f"incidents/{incident_id}/status") for who in (cast.jade, cast.sage, cast.clara)
    ]
    bodies = [answer.json() for answer in answers]
    assert bodies[0] == bodies[1] == bodies[2]
    status = bodies[0]
    assert set(status) == {
        "incident_id",
        "status",
        "severity",
        "headline",
        "last_update_at",
        "next_update_due_at",
        "with",
        "since",
        "issue",
        "history",
    }
    assert (status["status"], status["severity"], status["with"]) == ("triaged", "P1", "operator")
    assert status["headline"] == "P1 incident: awaiting operator review, with an operator"
    assert [one["status"] for one in status["history"]] == [
        "reported",
        "triaging",
        "triaged",
        "awaiting_operator_review",
    ]
    times = [one["at"] for one in status["history"]]
    assert times == sorted(times)
    assert all(at.endswith("Z") for at in (*times, status["next_update_due_at"]))
    assert status["next_update_due_at"] > status["last_update_at"]


def test_nobody_else_may_ask(cast: Cast, settings: Any, canaries: dict[str, str]) -> None:
    incident_id = triaged(cast, settings, canaries)
    for path in ("", "/status"):
        assert cast.onyx.get(f"incidents/{incident_id}{path}").status_code == 404
    assert cast.sage.get(f"incidents/{incident_id}").status_code == 404
    assert cast.jade.get("incidents/inc-2020-01-01-001/status").status_code == 404
