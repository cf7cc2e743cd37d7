"""Who acts at the desk: the built-in one, nobody but agents, or agents with its suggestions."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.models import Incident, Intake
from tests.cast import Cast

pytestmark = pytest.mark.django_db

REPORTS = {
    "incident": "prism_signal crashes with KeyError: 'pid' since version 1.4",
    "info": "How do I list my own incidents?",
    "enhancement": "Feature request: please add a dark mode to the console",
    "recommendation": "Recommendation: we suggest that the team should document the retry policy",
}


@pytest.mark.parametrize("expected", REPORTS)
def test_auto_acts(cast: Cast, sweep: Callable[[], None], expected: str) -> None:
    intake_id = cast.jade.report(REPORTS[expected])["intake_id"]
    sweep()
    intake = cast.jade.get(f"intake/{intake_id}").json()
    assert intake["classification"] == expected
    assert "Rule `" in intake["rationale"]
    assert intake["suggested"] is None
    assert cast.jade.inbox()
    assert Incident.objects.exists() is (expected == "incident")


@pytest.mark.parametrize("expected", REPORTS)
def test_assist_suggests_and_leaves_the_decision_to_sage(
    cast: Cast, settings: Any, sweep: Callable[[], None], expected: str
) -> None:
    settings.DESK_MODE = "assist"
    intake_id = cast.jade.report(REPORTS[expected])["intake_id"]
    sweep()
    sweep()
    intake = cast.sage.get(f"intake/{intake_id}").json()
    assert (intake["status"], intake["classification"]) == ("received", None)
    suggested = intake["suggested"]
    assert suggested["classification"] == expected
    assert suggested["rule"] in suggested["rationale"]
    assert bool(suggested["answer"]) is (expected == "info")
    assert bool(suggested["lane_owner"]) is (expected in ("enhancement", "recommendation"))
    assert cast.jade.inbox() == []
    # Sage may think otherwise.
    verdict = {"classification": "info", "rationale": "known", "answer": "See the guide."}
    assert cast.sage.post(f"intake/{intake_id}/classification", verdict).status_code == 200
    after = cast.sage.get(f"intake/{intake_id}").json()
    assert (after["classification"], after["suggested"]) == ("info", suggested)


def test_a_tenants_own_mode_comes_first(
    cast: Cast, stranger: Cast, sweep: Callable[[], None]
) -> None:
    tenant = cast.home.tenant
    tenant.desk_mode = "agents"
    tenant.save()
    cast.jade.report()
    stranger.jade.report()
    sweep()
    assert [one.status for one in Intake.objects.filter(tenant_id=tenant.pk)] == ["received"]
    assert [one.status for one in Intake.objects.exclude(tenant_id=tenant.pk)] == ["handed_off"]


def test_the_desk_keeps_off_a_case_that_an_agent_began(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report(REPORTS["incident"])["intake_id"]
    verdict = {"classification": "incident", "rationale": "it crashes"}
    incident_id = cast.sage.post(f"intake/{intake_id}/classification", verdict).json()[
        "incident_id"
    ]
    tier = {"env": {}, "install_type": "pip", "project_metadata": {}, "agent_roster": []}
    assert cast.clara.put(f"incidents/{incident_id}/triage/1", tier).status_code == 200
    settings.DESK_MODE = "auto"
    sweep()
    assert Incident.objects.get().tiers.count() == 1


def test_running_the_desk_twice_does_nothing_twice(cast: Cast, sweep: Callable[[], None]) -> None:
    cast.jade.report(REPORTS["incident"])
    sweep()
    inbox = cast.jade.inbox()
    sweep()
    assert cast.jade.inbox() == inbox
    assert Incident.objects.get().tiers.count() == 5


@pytest.mark.parametrize(
    "payload",
    [
        ".",
        "?" * 5000,
        {"a": {"b": [1, None, {"c": 1.5}]}},
        {"title": 5, "text": ["x"], "steps": {"1": "x"}, "version": None, "stack_trace": 7},
        {"text": ""},
        "\u202e\u2066" * 50,
        "a\u0000".replace("\u0000", "\u0001"),
        "x" * 200_000,
    ],
    ids=lambda payload: repr(payload)[:30],
)
def test_no_report_breaks_the_desk(cast: Cast, sweep: Callable[[], None], payload: Any) -> None:
    intake_id = cast.jade.report(payload)["intake_id"]
    sweep()
    assert cast.jade.get(f"intake/{intake_id}").json()["status"] != "received"
    assert cast.jade.inbox()


def test_what_waits_for_agents_keeps_nobody_waiting(
    cast: Cast, stranger: Cast, sweep: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much agents leave lying, as reports or as cases, another tenant's desk goes on."""
    monkeypatch.setattr("incidents.services.run_desk.BATCH", 2)
    tenant = cast.home.tenant
    tenant.desk_mode = "agents"
    tenant.save()
    reports = [cast.jade.report()["intake_id"] for _ in range(6)]
    verdict = {"classification": "incident", "rationale": "it breaks"}
    for intake_id in reports[:3]:
        cast.sage.post(f"intake/{intake_id}/classification", verdict)
    stranger.jade.report()
    sweep()
    assert Intake.objects.get(tenant_id=stranger.home.tenant_id).incident.status == "triaged"


def test_a_suggestion_is_no_verdict_when_the_desk_acts_later(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    settings.DESK_MODE = "assist"
    intake_id = cast.jade.report(REPORTS["info"])["intake_id"]
    sweep()
    assert cast.sage.get(f"intake/{intake_id}").json()["status"] == "received"
    settings.DESK_MODE = "auto"
    sweep()
    assert cast.sage.get(f"intake/{intake_id}").json()["status"] == "answered"
