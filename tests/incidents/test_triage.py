"""The five tiers (SPEC-114): in order, each once, and the last in agreement with the rest."""

import secrets
from typing import Any

import pytest

from incidents.models import Incident, Postmortem, TimelineEntry, TriageTier
from tests.cast import Cast

pytestmark = pytest.mark.django_db

GOOD: dict[int, dict[str, Any]] = {
    1: {"env": {"os": "linux"}, "install_type": "pip", "project_metadata": {}, "agent_roster": []},
    2: {"stack_trace": "KeyError", "journal_refs": ["j-1"], "skipped": {"git_rev": "not given"}},
    3: {"text": "prism_signal crashes"},
    4: {"severity": "P1", "scope": "prism-product", "kind": "incident", "note": "a verb fails"},
    5: {"postmortem_summary": "A verb fails.", "eligible": True, "reasons": ["as derived"]},
}


@pytest.fixture
def incident_id(cast: Cast, settings: Any) -> str:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report("prism_signal crashes")["intake_id"]
    verdict = {"classification": "incident", "rationale": "it crashes"}
    body = cast.sage.post(f"intake/{intake_id}/classification", verdict).json()
    return str(body["incident_id"])


def tier(cast: Cast, incident_id: str, number: int, **change: Any) -> Any:
    return cast.clara.put(f"incidents/{incident_id}/triage/{number}", {**GOOD[number], **change})


def up_to(cast: Cast, incident_id: str, last: int, **changes: dict[str, Any]) -> None:
    for number in range(1, last + 1):
        answer = tier(cast, incident_id, number, **changes.get(f"tier_{number}", {}))
        assert answer.status_code == 200, answer.content


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_five_tiers_make_a_triaged_incident(cast: Cast, incident_id: str) -> None:
    for number in GOOD:
        body = tier(cast, incident_id, number).json()
        assert (body["tier"], body["completed_by"]) == (number, "Clara@PID-PGR01")
        status = cast.jade.get(f"incidents/{incident_id}/status").json()["status"]
        assert status == ("triaged" if number == 5 else "triaging")
    record = cast.clara.get(f"incidents/{incident_id}").json()
    assert [one["tier"] for one in record["triage"]] == [1, 2, 3, 4, 5]
    assert (record["severity"], record["scope"], record["eligible"]) == (
        "P1",
        "prism-product",
        True,
    )
    assert "triage" not in cast.jade.get(f"incidents/{incident_id}").json()
    postmortem = Postmortem.objects.get()
    assert postmortem.project == cast.home
    assert postmortem.summary == "A verb fails."


@pytest.mark.parametrize("done", range(5))
def test_no_tier_before_the_one_below_it(cast: Cast, incident_id: str, done: int) -> None:
    up_to(cast, incident_id, done)
    for number in range(done + 2, 6):
        refused = tier(cast, incident_id, number)
        assert (refused.status_code, code(refused)) == (409, "triage_tier_out_of_order")
        assert f"Tier {done + 1} is next" in refused.json()["error"]["message"]
    assert TriageTier.objects.count() == done


def test_a_correction_opens_the_tiers_above_it_again(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 4)
    corrected = tier(cast, incident_id, 4, severity="P0", scope="mixed").json()
    assert corrected["content"]["severity"] == "P0"
    assert Incident.objects.get().scope == "mixed"
    assert TriageTier.objects.count() == 4
    assert tier(cast, incident_id, 2, stack_trace="TypeError").status_code == 200
    states = dict(TriageTier.objects.values_list("tier", "state"))
    assert states == {1: "complete", 2: "complete", 3: "reopened", 4: "reopened"}
    assert "Tier 3 is next" in tier(cast, incident_id, 4).json()["error"]["message"]


def test_the_same_said_again_changes_nothing(cast: Cast, incident_id: str) -> None:
    """A request that is sent again because its answer was lost must not undo what came after."""
    up_to(cast, incident_id, 4)
    entries = TimelineEntry.objects.count()
    before = cast.clara.get(f"incidents/{incident_id}/triage").json()
    for number in (1, 2, 3, 4):
        assert tier(cast, incident_id, number).status_code == 200
    assert cast.clara.get(f"incidents/{incident_id}/triage").json() == before
    assert TimelineEntry.objects.count() == entries


def test_a_triaged_incident_takes_no_tier(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 5)
    for number in GOOD:
        assert code(tier(cast, incident_id, number)) == "triage_tier_out_of_order"
    assert Postmortem.objects.count() == 1
    assert TimelineEntry.objects.filter(event="triaged").count() == 1


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({"scope": "prism-product"}, True),
        ({"scope": "mixed"}, True),
        ({"scope": "customer-internal"}, False),
        ({"kind": "enhancement"}, False),
        ({"kind": "recommendation"}, False),
    ],
    ids=str,
)
def test_eligibility_must_agree_with_what_is_known(
    cast: Cast, incident_id: str, change: dict[str, Any], eligible: bool
) -> None:
    up_to(cast, incident_id, 4, tier_4=change)
    refused = tier(cast, incident_id, 5, eligible=not eligible)
    assert (refused.status_code, code(refused)) == (409, "triage_eligibility_contradiction")
    assert f"`eligible` must be {str(eligible).lower()}" in refused.json()["error"]["message"]
    assert Incident.objects.get().status == "triaging"
    assert not Postmortem.objects.exists()
    assert tier(cast, incident_id, 5, eligible=eligible).status_code == 200
    assert Incident.objects.get().eligible is eligible


def test_what_is_the_customers_stays_and_the_reporter_is_told(cast: Cast, incident_id: str) -> None:
    up_to(
        cast,
        incident_id,
        5,
        tier_4={"scope": "customer-internal"},
        tier_5={"eligible": False},
    )
    answers = [one for one in cast.jade.inbox() if one["signal_type"] == "Answer"]
    assert len(answers) == 1
    assert answers[0]["from"]["identity"] == "Clara"
    assert answers[0]["payload"]["outcome"] == "stays_local"
    assert answers[0]["payload"]["scope"] == "customer-internal"
    status = cast.jade.get(f"incidents/{incident_id}/status").json()
    assert (status["with"], status["issue"]) == ("reporter", None)
    packet = {"title": "t", "body_markdown": "b", "redaction_report": {"status": "passed"}}
    refused = cast.clara.post("phone-home/records", {**packet, "incident_id": incident_id})
    assert (refused.status_code, code(refused)) == (422, "phone_home_scope_rejected")


def test_the_database_holds_it_too(cast: Cast, incident_id: str) -> None:
    from django.db import IntegrityError, transaction

    for change in (
        {"scope": "customer-internal", "eligible": True},
        {"status": "triaged", "eligible": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.update(**change)


def test_the_privacy_gate_scans_and_keeps_no_secret(cast: Cast, incident_id: str) -> None:
    token = "ghp_" + secrets.token_hex(18)
    up_to(cast, incident_id, 2)
    content = tier(cast, incident_id, 3, text=f"fails with {token} for Jade").json()["content"]
    assert content["status"] == "passed"
    assert {one["type"] for one in content["findings"]} >= {"secret.github_token"}
    assert token not in str(content)
    assert token not in str(TriageTier.objects.get(tier=3).content)
    assert "Jade" not in content["redacted_text"]


@pytest.mark.parametrize(
    ("number", "change", "field"),
    [
        (1, {"env": "linux"}, "env"),
        (1, {"agent_roster": {}}, "agent_roster"),
        (1, {"agent_roster": [1] * 501}, "agent_roster"),
        (1, {"install_type": ""}, "install_type"),
        (2, {"git_rev": "abc"}, "git_rev"),
        (2, {"skipped": {}}, "git_rev"),
        (2, {"skipped": {"git_rev": "x", "other": "y"}}, "skipped"),
        (2, {"skipped": {"git_rev": 5}}, "skipped"),
        (2, {"skipped": {"git_rev": ""}}, "skipped"),
        (2, {"journal_refs": "j-1"}, "journal_refs"),
        (2, {"stack_trace": "x" * 200_001}, "stack_trace"),
        (3, {"text": ""}, "text"),
        (3, {"text": 5}, "text"),
        (3, {"status": "passed"}, "status"),
        (4, {"severity": "P4"}, "severity"),
        (4, {"severity": 1}, "severity"),
        (4, {"scope": "Prism-product"}, "scope"),
        (4, {"kind": "bug"}, "kind"),
        (4, {"note": ""}, "note"),
        (5, {"eligible": "true"}, "eligible"),
        (5, {"eligible": 1}, "eligible"),
        (5, {"eligible": None}, "eligible"),
        (5, {"reasons": []}, "reasons"),
        (5, {"reasons": "as derived"}, "reasons"),
        (5, {"reasons": ["x"] * 21}, "reasons"),
        (5, {"approved_by": "frank"}, "approved_by"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_tier_of_another_form(
    cast: Cast, incident_id: str, number: int, change: dict[str, Any], field: str
) -> None:
    refused = tier(cast, incident_id, number, **change)
    assert refused.status_code == 400, refused.content
    assert field in refused.json()["error"]["fields"]
    assert not TriageTier.objects.exists()


def test_only_clara_triages(cast: Cast, incident_id: str) -> None:
    for other in (cast.jade, cast.sage, cast.onyx):
        refused = other.put(f"incidents/{incident_id}/triage/1", GOOD[1])
        assert (refused.status_code, code(refused)) == (403, "forbidden")


@pytest.mark.parametrize("number", ["0", "6", "-1", "1.0", "99999999999999999999"])
def test_there_are_five_tiers(cast: Cast, incident_id: str, number: str) -> None:
    refused = cast.clara.put(f"incidents/{incident_id}/triage/{number}", GOOD[1])
    assert (refused.status_code, code(refused)) == (404, "not_found")


def test_incidents_are_listed_by_what_is_known_of_them(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 4)
    for query, found in (
        ("severity=P1", 1),
        ("severity=P0", 0),
        ("scope=prism-product&status=triaging", 1),
        ("status=triaged", 0),
        ("pid=PID-DPA01", 1),
        ("pid=PID-XYZ02", 0),
        ("pid=%27%20OR%201=1", 0),
    ):
        assert len(cast.clara.get(f"incidents?{query}").json()["results"]) == found, query
    for query in ("severity=P9", "scope=all", "status=open", "kind=incident", "severity="):
        assert cast.clara.get(f"incidents?{query}").status_code == 400, query
