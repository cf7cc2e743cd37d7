"""Sage's four verdicts (seed 000 §2), over HTTP, where agents sit at the desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bridge.models import Signal
from incidents.models import ClassificationRow, Incident, Intake, Todo
from kernel import clock
from tests.cast import Cast, agent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _agents_sit_at_the_desk(settings: Any) -> None:
    settings.DESK_MODE = "agents"


def classify(cast: Cast, intake_id: str, classification: str, **more: Any) -> Any:
    body = {"classification": classification, "rationale": "because", **more}
    return cast.sage.post(f"intake/{intake_id}/classification", body)


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_in_agents_mode_the_desk_does_nothing(cast: Cast, sweep: Callable[[], None]) -> None:
    report = cast.jade.report()
    sweep()
    intake = cast.sage.get(f"intake/{report['intake_id']}").json()
    assert (intake["status"], intake["classification"], intake["suggested"]) == (
        "received",
        None,
        None,
    )
    assert intake["reporter"] == {"pid": "PID-DPA01", "identity": "Jade"}
    assert cast.jade.inbox() == []


def test_info_is_answered_in_reply(cast: Cast) -> None:
    report = cast.jade.report("how do I list my todos?")
    answer = classify(cast, report["intake_id"], "info", answer="Run prism_todo list.")
    assert answer.status_code == 200
    assert answer.json()["status"] == "answered"
    (reply,) = cast.jade.inbox()
    assert reply["from"] == {"pid": "PID-PGR01", "identity": "Sage"}
    assert reply["in_reply_to"] == report["signal_id"]
    assert reply["payload"]["text"] == "Run prism_todo list."
    assert cast.jade.get(f"signals/{report['signal_id']}").json()["status"] == "answered"
    assert not Incident.objects.exists()


@pytest.mark.parametrize("answer", [None, "", "   "])
def test_info_without_an_answer_is_refused(cast: Cast, answer: str | None) -> None:
    report = cast.jade.report()
    more = {} if answer is None else {"answer": answer}
    refused = classify(cast, report["intake_id"], "info", **more)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert list(refused.json()["error"]["fields"]) == ["answer"]
    assert Intake.objects.get().status == "received"
    assert not ClassificationRow.objects.exists()
    assert cast.jade.inbox() == []


def test_an_incident_is_opened_and_handed_to_clara(cast: Cast) -> None:
    report = cast.jade.report("prism_signal crashes")
    body = classify(cast, report["intake_id"], "incident", title="A verb crashes").json()
    assert (body["status"], body["todo_id"]) == ("handed_off", None)
    incident = cast.clara.get(f"incidents/{body['incident_id']}").json()
    assert (incident["title"], incident["report"]) == ("A verb crashes", "prism_signal crashes")
    assert (incident["status"], incident["pid"]) == ("reported", "PID-DPA01")
    (handoff,) = cast.clara.inbox()
    assert handoff["signal_type"] == "Handoff"
    assert handoff["thread_id"] == report["thread_id"]
    assert handoff["payload"]["incident_id"] == body["incident_id"]
    (word,) = cast.jade.inbox()
    assert word["signal_type"] == "Status"
    assert word["payload"]["incident_id"] == body["incident_id"]


@pytest.mark.parametrize("kind", ["enhancement", "recommendation"])
class TestWishes:
    def test_they_become_a_todo_at_home_and_never_reach_clara(self, cast: Cast, kind: str) -> None:
        owner = agent(cast.home, "Dora")
        report = cast.jade.report("please add a dark mode")
        body = classify(cast, report["intake_id"], kind, lane_owner="Dora", title="Dark mode")
        assert body.json()["status"] == "routed"
        todo = Todo.objects.get(pk=body.json()["todo_id"])
        assert (todo.project, todo.title, todo.lane_owner) == (cast.home, "Dark mode", "Dora")
        (task,) = owner.inbox()
        assert (task["signal_type"], task["from"]["identity"]) == ("Task", "Sage")
        assert cast.clara.inbox() == []
        assert not Incident.objects.exists()
        (reply,) = cast.jade.inbox()
        assert kind in reply["payload"]["text"]

    def test_a_lane_owner_need_not_be_a_persona(self, cast: Cast, kind: str) -> None:
        report = cast.jade.report()
        body = classify(cast, report["intake_id"], kind, lane_owner="the docs guild").json()
        assert Todo.objects.get(pk=body["todo_id"]).lane_owner == "the docs guild"

    def test_without_one_it_is_the_products(self, cast: Cast, kind: str) -> None:
        for more in ({}, {"lane_owner": ""}, {"lane_owner": "  "}):
            report = cast.jade.report()
            body = classify(cast, report["intake_id"], kind, **more).json()
            assert Todo.objects.get(pk=body["todo_id"]).lane_owner == "product"

    def test_clara_cannot_be_the_lane_owner(self, cast: Cast, kind: str) -> None:
        report = cast.jade.report()
        refused = classify(cast, report["intake_id"], kind, lane_owner="clara")
        assert list(refused.json()["error"]["fields"]) == ["lane_owner"]
        assert Intake.objects.get().status == "received"
        assert not Todo.objects.exists()

    def test_a_todo_of_sages_own_is_no_new_report(self, cast: Cast, kind: str) -> None:
        report = cast.jade.report()
        assert classify(cast, report["intake_id"], kind, lane_owner="Sage").status_code == 200
        assert Intake.objects.count() == 1

    def test_a_customers_persona_of_that_name_hears_nothing(self, cast: Cast, kind: str) -> None:
        report = cast.jade.report()
        assert classify(cast, report["intake_id"], kind, lane_owner="Onyx").status_code == 200
        assert cast.onyx.inbox() == []


def test_a_report_is_classified_once(cast: Cast) -> None:
    report = cast.jade.report()
    classify(cast, report["intake_id"], "info", answer="first")
    for verdict in ("info", "incident", "enhancement"):
        refused = classify(cast, report["intake_id"], verdict, answer="second")
        assert (refused.status_code, code(refused)) == (409, "intake_already_classified")
    assert len(cast.jade.inbox()) == 1
    assert ClassificationRow.objects.count() == 1


def test_only_sage_classifies(cast: Cast) -> None:
    intake_id = cast.jade.report()["intake_id"]
    body = {"classification": "info", "rationale": "x", "answer": "x"}
    for other in (cast.jade, cast.onyx, cast.clara):
        refused = other.post(f"intake/{intake_id}/classification", body)
        assert (refused.status_code, code(refused)) == (403, "forbidden")
    assert Intake.objects.get().status == "received"


@pytest.mark.parametrize(
    "change",
    [
        {"classification": "bug"},
        {"classification": None},
        {"classification": "Incident"},
        {"rationale": ""},
        {"rationale": "x" * 5001},
        {"rationale": 5},
        {"answer": "x" * 20_001},
        {"title": "x" * 201},
        {"lane_owner": "x" * 81},
        {"lane_owner": ["Dora"]},
        {"by": "Sage"},
        {"incident_id": "inc-2026-01-01-001"},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_verdict_of_another_form(cast: Cast, change: dict[str, Any]) -> None:
    intake_id = cast.jade.report()["intake_id"]
    body = {"classification": "incident", "rationale": "x", **change}
    refused = cast.sage.post(f"intake/{intake_id}/classification", body)
    assert refused.status_code == 400
    assert list(refused.json()["error"]["fields"]) == list(change)
    assert Intake.objects.get().status == "received"


def test_only_reports_are_taken_in(cast: Cast) -> None:
    """A question, task or notice that opens a thread with Sage; the rest is conversation."""
    for kind in ("Question", "Task", "Notice"):
        assert cast.jade.report(signal_type=kind)["intake_id"]
    for kind in ("Answer", "Status", "Handoff"):
        assert cast.jade.report(signal_type=kind)["intake_id"] is None
    assert cast.jade.report(to_identity="Clara")["intake_id"] is None
    first = Signal.objects.filter(intake_id__isnull=False).first()
    assert first is not None
    word = {"in_reply_to": str(first.id), "signal_type": "Answer", "payload": "which version?"}
    reply = cast.sage.post("signals", word).json()
    again = {"in_reply_to": reply["signal_id"], "signal_type": "Question", "payload": "1.4"}
    assert cast.jade.post("signals", again).json()["intake_id"] is None


def test_an_overdue_report_says_so(cast: Cast, time_machine: Any) -> None:
    """Sixty minutes are what the product gives; operators change it by a policy."""
    time_machine.move_to(clock.now(), tick=False)
    report = f"intake/{cast.jade.report()['intake_id']}"
    time_machine.shift(timedelta(minutes=59))
    assert cast.sage.get(report).json()["overdue"] is False
    time_machine.shift(timedelta(minutes=2))
    assert cast.sage.get(report).json()["overdue"] is True


def test_the_desk_sees_all_reports_a_reporter_its_own(cast: Cast) -> None:
    mine, other = cast.jade.report()["intake_id"], cast.onyx.report()["intake_id"]
    for reader, seen in (
        (cast.sage, [other, mine]),
        (cast.clara, [other, mine]),
        (cast.jade, [mine]),
        (cast.onyx, [other]),
    ):
        found = reader.get("intake?status=received").json()["results"]
        assert [one["intake_id"] for one in found] == seen
        assert reader.get("intake?status=routed").json()["results"] == []
    assert cast.onyx.get(f"intake/{mine}").status_code == 404
