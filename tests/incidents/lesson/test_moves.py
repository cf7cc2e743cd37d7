"""POST …/transitions: contained, resolved, closed and back (seed 002 §9)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from incidents.models import CorrectiveAction, Incident, Postmortem, TriageTier
from incidents.numbers.lengths import OF_A_CASE, Length, lengths
from kernel import clock
from kernel.models import LedgerEntry
from tests.cast import Cast
from tests.incidents.lesson.cases import Case, code, missing, ok
from tests.phonehome.packets import approve, staged_packet

pytestmark = pytest.mark.django_db


def correct(case: Case) -> Case:
    CorrectiveAction.objects.create(
        tenant_id=case.row.tenant_id,
        postmortem=Postmortem.objects.get(incident=case.row),
        kind="change",
        ref="chg-1",
        owner="platform",
        due_at=clock.now(),
        created_by="Clara",
    )
    return case


def test_the_whole_way_and_what_the_reporter_hears(case: Case) -> None:
    correct(case.contained()).moved("resolved", "closed")
    row = case.row
    assert (row.status, row.closure) == ("closed", "postmortem")
    assert row.contained_at <= row.resolved_at <= row.closed_at
    assert row.next_update_due_at is None
    told = [
        one["payload"]["outcome"]
        for one in case.cast.jade.inbox()
        if "outcome" in (one["payload"] if isinstance(one["payload"], dict) else {})
    ]
    assert told == ["stays_local", "contained", "resolved", "closed"]
    shown = ok(case.cast.jade.get(f"{case.path}/status"))
    assert shown["status"] == "closed"
    assert [one["status"] for one in shown["history"]][-3:] == ["contained", "resolved", "closed"]
    assert [one for one in case.events() if one in ("contained", "resolved", "closed")] == [
        "contained",
        "resolved",
        "closed",
    ]


def test_a_refusal_names_everything_and_changes_nothing(case: Case) -> None:
    before = case.row
    assert missing(case.move("closed"))[:4] == [
        "triaged", "contained", "resolved", "containment_action",
    ]  # fmt: skip
    case.triage()
    lacking = missing(case.move("contained"))
    assert lacking[0] == "containment_action"
    assert len(lacking) == 1 + 8  # agent_id is known from the report
    assert missing(case.link().move("contained")) == ["containment_action"]
    assert missing(case.stop().move("resolved")) == ["contained"]
    case.moved("contained", "resolved")
    assert missing(case.move("closed")) == ["corrective_action"]
    assert case.row.status == "resolved"
    assert before.closure == case.row.closure == ""


def test_a_dropped_action_teaches_nothing(case: Case) -> None:
    correct(case.contained()).moved("resolved")
    CorrectiveAction.objects.update(state="dropped")
    assert missing(case.move("closed")) == ["corrective_action"]


@pytest.mark.parametrize("to", ["contained", "resolved", "closed"])
def test_a_step_is_taken_once(case: Case, to: str) -> None:
    correct(case.contained()).moved("resolved", "closed")
    assert missing(case.move(to)) == ["order"]
    assert case.events().count(to) == 1


@pytest.mark.parametrize("last", [("contained",), ("resolved",), ("resolved", "closed")])
def test_reopening_does_classification_and_output_again(case: Case, last: tuple[str, ...]) -> None:
    correct(case.contained())
    case.moved(*(step for step in last if step != "contained"))
    body = ok(case.move("triaging", "It came back in wave 2"))
    assert (body["status"], body["eligible"]) == ("triaging", None)
    row = case.row
    assert (row.reopened_count, row.closure, row.with_whom) == (1, "", "incident_manager")
    assert row.next_update_due_at is not None
    states = dict(TriageTier.objects.filter(incident=row).values_list("tier", "state"))
    assert states == {1: "complete", 2: "complete", 3: "complete", 4: "reopened", 5: "reopened"}
    assert TriageTier.objects.get(incident=row, tier=5).reopened_because == "It came back in wave 2"
    assert case.cast.jade.inbox()[-1]["payload"]["outcome"] == "reopened"

    assert (row.contained_at, row.resolved_at, row.closed_at) == (None, None, None)
    assert missing(case.move("contained"))[0] == "triaged"
    case.triage(first=4, tier_4={"severity": "P0"})
    assert case.row.severity == "P0"
    case.moved("contained", "resolved", "closed")
    assert Postmortem.objects.filter(incident=row).count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "contained"}, "reason"),
        ({"to": "contained", "reason": " "}, "reason"),
        ({"to": "contained", "reason": "x" * 1001}, "reason"),
        ({"to": "contained", "reason": 5}, "reason"),
        ({"to": "triaged", "reason": "x"}, "to"),
        ({"to": "withdrawn", "reason": "x"}, "to"),
        ({"to": ["closed"], "reason": "x"}, "to"),
        ({"reason": "x"}, "to"),
        ({"to": "closed", "reason": "x", "closure": "waiver"}, "closure"),
        ({"to": "closed", "reason": "x", "waived_by": "frank"}, "waived_by"),
    ],
    ids=str,
)
def test_a_body_that_makes_no_sense(case: Case, body: dict[str, Any], field: str) -> None:
    refused = case.clara.post(f"{case.path}/transitions", body)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert field in refused.json()["error"]["fields"]
    assert case.row.status == "reported"


def test_a_reason_that_holds_a_secret_is_not_kept(case: Case) -> None:
    import secrets

    case.triage().link().stop()
    token = "ghp_" + secrets.token_hex(18)
    refused = case.move("contained", f"revoked {token}")
    assert (code(refused), list(refused.json()["error"]["fields"])) == (
        "invalid_request",
        ["reason"],
    )
    assert not LedgerEntry.objects.filter(action="incidents.incident.moved").exists()


def test_who_may_not_move_it(case: Case, stranger: Cast) -> None:
    case.triage().link().stop()
    move = {"to": "contained", "reason": "x"}
    for agent in (case.cast.jade, case.cast.sage, case.cast.onyx):
        assert agent.post(f"{case.path}/transitions", move).status_code == 403
    elsewhere = stranger.clara.post(f"{case.path}/transitions", move)
    assert (elsewhere.status_code, code(elsewhere)) == (404, "not_found")
    assert case.row.status == "triaged"


def test_the_same_key_moves_it_once(case: Case) -> None:
    case.triage().link().stop()
    body, key = {"to": "contained", "reason": "x"}, {"idempotency-key": "move-1"}
    first = case.clara.post(f"{case.path}/transitions", body, **key)
    again = case.clara.post(f"{case.path}/transitions", body, **key)
    assert ok(first) == ok(again)
    assert again["Idempotency-Replayed"] == "true"


class TestAPacketUnderWay:
    def case_of(self, cast: Cast, settings: Any) -> tuple[Any, str]:
        packet = staged_packet(cast)
        path = f"incidents/{packet.incident.incident_id}/transitions"
        Incident.objects.filter(pk=packet.incident_id).update(
            status="resolved", unknown=dict.fromkeys(("trace_id", "session_id", "agent_id",
            "bundle_id", "change_id", "rollout_wave", "tool_principal", "approval_id",
            "idempotency_key"), "x"),
        )  # fmt: skip
        CorrectiveAction.objects.create(
            tenant_id=packet.tenant_id, postmortem=packet.incident.postmortem, kind="bundle",
            ref="b-1", owner="p", due_at=clock.now(), created_by="Clara",
        )  # fmt: skip
        return packet, path

    @pytest.mark.parametrize("approved", [False, True])
    def test_a_case_does_not_close_while_one_may_leave(
        self, cast: Cast, settings: Any, approved: bool
    ) -> None:
        packet, path = self.case_of(cast, settings)
        if approved:
            packet = approve(packet, cast)
        move = {"to": "closed", "reason": "done"}
        assert missing(cast.clara.post(path, move)) == ["packet"]
        ok(cast.clara.post(f"phone-home/records/{packet.pk}/withdraw", {"reason": "not needed"}))
        assert ok(cast.clara.post(path, move))["status"] == "closed"

    def test_a_closed_case_stages_no_packet(self, cast: Cast, settings: Any) -> None:
        packet, path = self.case_of(cast, settings)
        ok(cast.clara.post(f"phone-home/records/{packet.pk}/withdraw", {"reason": "not needed"}))
        ok(cast.clara.post(path, {"to": "closed", "reason": "done"}))
        body = {
            "incident_id": packet.incident.incident_id,
            "title": "t",
            "body_markdown": "b",
            "redaction_report": {"status": "passed"},
        }
        refused = cast.clara.post("phone-home/records", body)
        assert code(refused) == "phone_home_incident_not_triaged"


@pytest.mark.django_db(transaction=True)
def test_of_two_movers_one_wins(case: Case) -> None:
    case.triage().link().stop()
    start, answers = threading.Barrier(4), []

    def move() -> None:
        start.wait(20)
        try:
            answers.append(case.move("contained"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    for one in answers:
        assert one.status_code == 200 or missing(one) == ["order"]
    assert case.events().count("contained") == 1


def test_the_last_resolution_is_the_one_that_is_told(
    cast: Cast, settings: Any, time_machine: Any
) -> None:
    """Resolved after 10 hours, back after 12, resolved again after 30: it took 30."""
    settings.DESK_MODE = "agents"
    time_machine.move_to(clock.now().replace(microsecond=0), tick=False)

    def time_to_resolve() -> Length:
        return lengths(Incident.objects.all(), OF_A_CASE)[()]["resolve"]

    case = Case(cast).contained()
    time_machine.shift(timedelta(hours=10))
    case.moved("resolved")
    ten, thirty = timedelta(hours=10), timedelta(hours=30)
    assert time_to_resolve() == Length(1, ten, ten, ten)
    time_machine.shift(timedelta(hours=2))
    case.moved("triaging")
    assert time_to_resolve() == Length()
    case.triage(first=4).moved("contained")
    time_machine.shift(timedelta(hours=18))
    case.moved("resolved")
    assert time_to_resolve() == Length(1, thirty, thirty, thirty)
