"""What a lesson became: kind, ref, owner, due date, state; and nobody forgets a late one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from incidents.link_parts import owners_of
from incidents.models import CorrectiveAction, Postmortem
from incidents.services.remind_overdue_actions import remind_overdue_actions
from kernel import clock
from kernel.clock import isoformat
from tests.cast import Cast
from tests.incidents.lesson.cases import ACTION, Case, code, ok

pytestmark = pytest.mark.django_db


def add(case: Case, **change: Any) -> Any:
    body = {name: value for name, value in {**ACTION, **change}.items() if value is not None}
    return case.clara.post(f"{case.path}/postmortem/corrective-actions", body)


def change(case: Case, action: dict[str, Any], **body: Any) -> Any:
    path = f"{case.path}/postmortem/corrective-actions/{action['action_id']}"
    return case.clara.request("PATCH", path, body)


def listed(case: Case, query: str = "") -> list[dict[str, Any]]:
    return list(ok(case.clara.get(f"{case.path}/postmortem/corrective-actions{query}"))["results"])


def days(number: float) -> str:
    return str(isoformat(clock.now() + timedelta(days=number)))


def test_an_action_has_owner_due_date_and_state(case: Case, settings: Any) -> None:
    settings.CORRECTIVE_ACTION_DAYS = 14
    body = ok(add(case.triage()), 201)
    assert (body["state"], body["overdue"], body["owner"]) == ("open", False, "platform-runtime")
    due = datetime.fromisoformat(body["due_at"]) - datetime.fromisoformat(body["created_at"])
    assert abs(due - timedelta(days=14)) < timedelta(seconds=5)
    assert body["created_by"] == "Clara@PID-PGR01"
    assert listed(case) == [body]
    assert case.events()[-1] == "corrective_action_added"


@pytest.mark.parametrize(
    "kind", ["change", "bundle", "eval_dataset_update", "retirement_plan", "policy_bundle"]
)
def test_every_kind_of_the_seed(case: Case, kind: str) -> None:
    due = days(3)
    body = ok(add(case.triage(), kind=kind, ref=f"{kind}-2026-04-09", due_at=due), 201)
    assert (body["kind"], body["due_at"]) == (kind, due)


def test_the_postmortem_closes_with_its_last_open_action(case: Case) -> None:
    case.triage()
    first, second = ok(add(case), 201), ok(add(case, ref="chg-2", owner="platform-safety"), 201)
    row = Postmortem.objects.get(incident=case.row)
    assert (row.status, owners_of(row)) == ("open", ["platform-runtime", "platform-safety"])
    ok(change(case, first, state="done"))
    row.refresh_from_db()
    assert row.status == "open"
    dropped = ok(change(case, second, state="dropped", note="Another change does it."))
    assert (dropped["state"], dropped["note"]) == ("dropped", "Another change does it.")
    assert dropped["settled_at"] is not None
    row.refresh_from_db()
    assert (row.status, owners_of(row)) == ("closed", ["platform-runtime"])
    again = ok(change(case, first, state="open"))
    assert again["settled_at"] is None
    row.refresh_from_db()
    assert row.status == "open"
    assert [one["state"] for one in listed(case)] == ["open", "dropped"]
    assert [one["ref"] for one in listed(case, "?state=dropped")] == ["chg-2"]


def test_only_dropped_ones_close_no_postmortem(case: Case) -> None:
    action = ok(add(case.triage()), 201)
    ok(change(case, action, state="dropped", note="no"))
    assert Postmortem.objects.get(incident=case.row).status == "open"


def test_it_is_moved_and_handed_over(case: Case) -> None:
    action, later = ok(add(case.triage()), 201), days(90)
    moved = ok(change(case, action, due_at=later, owner="platform-safety", note="Waits for 2.0."))
    assert (moved["due_at"], moved["owner"], moved["state"]) == (later, "platform-safety", "open")
    assert case.row.timeline.last().detail["fields"] == ["due_at", "note", "owner"]
    detail = case.row.timeline.last().detail
    assert detail["before"] == {"owner": "platform-runtime", "due_at": action["due_at"], "note": ""}
    assert detail["after"] == {
        "owner": "platform-safety",
        "due_at": later,
        "note": "Waits for 2.0.",
    }
    assert owners_of(Postmortem.objects.get(incident=case.row)) == ["platform-safety"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "patch"}, "kind"),
        ({"kind": None}, "kind"),
        ({"ref": ""}, "ref"),
        ({"ref": "x" * 201}, "ref"),
        ({"ref": "a\nb"}, "ref"),
        ({"ref": "a\u202eb"}, "ref"),
        ({"owner": None}, "owner"),
        ({"owner": 7}, "owner"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "2030-01-01T00:00:00"}, "due_at"),
        ({"due_at": "2030-01-01"}, "due_at"),
        ({"due_at": "9999-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "2030-02-30T00:00:00Z"}, "due_at"),
        ({"due_at": 1}, "due_at"),
        ({"state": "done"}, "state"),
        ({"retires": "ticket-write-v1"}, "retires"),
        ({"kind": "retirement_plan", "ref": "retire-a"}, "retires"),
        ({"kind": "retirement_plan", "ref": "retire-tool"}, "retires"),
        ({"kind": "retirement_plan", "retires": "///////"}, "retires"),
    ],
    ids=str,
)
def test_an_action_that_makes_no_sense(case: Case, body: dict[str, Any], field: str) -> None:
    refused = add(case.triage(), **body)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert field in refused.json()["error"]["fields"]
    assert not CorrectiveAction.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "dropped"},
        {"state": "dropped", "note": "  "},
        {"state": "finished"},
        {"due_at": "2020-01-01T00:00:00Z"},
        {"due_at": None},
        {"ref": "chg-9"},
        {"owner": ""},
    ],
    ids=str,
)
def test_a_change_that_makes_no_sense(case: Case, body: dict[str, Any]) -> None:
    action = ok(add(case.triage()), 201)
    refused = change(case, action, **body)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert listed(case) == [action]


def test_an_artifact_is_linked_once(case: Case) -> None:
    ok(add(case.triage()), 201)
    refused = add(case, owner="another")
    assert (refused.status_code, code(refused)) == (409, "corrective_action_exists")
    assert ok(add(case, kind="bundle"), 201)["kind"] == "bundle"


def test_the_same_key_adds_it_once(case: Case) -> None:
    path, key = f"{case.triage().path}/postmortem/corrective-actions", {"idempotency-key": "a"}
    first, again = (case.clara.post(path, ACTION, **key) for _ in range(2))
    assert ok(first, 201) == ok(again, 201)
    assert CorrectiveAction.objects.count() == 1


def test_a_closed_case_keeps_what_it_closed_by(case: Case) -> None:
    case.contained()
    action = ok(add(case), 201)
    case.moved("resolved", "closed")
    refused = change(case, action, state="dropped", note="no need")
    assert (refused.status_code, code(refused)) == (409, "incident_lesson_needed")
    assert listed(case)[0]["state"] == "open"
    ok(change(case, action, state="done"))  # which is how it should go
    ok(add(case, ref="chg-2"), 201)
    assert ok(change(case, action, state="dropped", note="chg-2 does it"))["state"] == "dropped"


def test_ids_of_others(case: Case, stranger: Cast) -> None:
    action = ok(add(case.triage()), 201)
    other = Case(case.cast, "Something else crashes.").triage()
    path = f"postmortem/corrective-actions/{action['action_id']}"
    done = {"state": "done"}
    for agent, case_path, status in (
        (case.clara, other.path, 404),
        (stranger.clara, case.path, 404),
        (case.cast.jade, case.path, 403),
        (case.cast.sage, case.path, 403),
    ):
        assert agent.request("PATCH", f"{case_path}/{path}", done).status_code == status
    assert stranger.clara.post(f"{case.path}/{path.rpartition('/')[0]}", ACTION).status_code == 404
    assert listed(case) == [action]


def reminders(case: Case) -> list[dict[str, Any]]:
    found = [one["payload"] for one in case.clara.inbox(limit="200")]
    return [
        one
        for one in found
        if isinstance(one, dict) and one.get("event") == "corrective_action_overdue"
    ]


class TestLateOnes:
    def test_clara_is_reminded_once(self, case: Case, sweep: Callable[[], None]) -> None:
        action = ok(add(case.triage(), due_at=days(2)), 201)
        sweep()
        assert reminders(case) == []
        with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
            assert listed(case)[0]["overdue"] is True
            assert [remind_overdue_actions() for _ in range(3)] == [1, 0, 0]
            (told,) = reminders(case)
        assert told["action_id"] == action["action_id"]
        assert told["incident_id"] == case.incident_id
        assert case.events().count("corrective_action_overdue") == 1

    def test_another_date_is_another_promise(self, case: Case) -> None:
        action = ok(add(case.triage(), due_at=days(2)), 201)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
            assert remind_overdue_actions() == 1
            ok(change(case, action, due_at=days(2)))
            assert remind_overdue_actions() == 0
        with time_machine.travel(datetime.now(UTC) + timedelta(days=6)):
            assert remind_overdue_actions() == 1

    @pytest.mark.parametrize("state", ["done", "dropped"])
    def test_what_is_settled_is_not_late(self, case: Case, state: str) -> None:
        action = ok(add(case.triage(), due_at=days(2)), 201)
        ok(change(case, action, state=state, note="x"))
        with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
            assert listed(case)[0]["overdue"] is False
            assert remind_overdue_actions() == 0
