"""A retired path that shows up again reopens its incident (seed 002 §10)."""

import time
from typing import Any

import pytest

from incidents.models import CorrectiveAction
from incidents.retired import path_of, seen_paths, too_vague
from tests.cast import Cast
from tests.incidents.lesson.cases import Case, ok

PLAN = {"kind": "retirement_plan", "ref": "retire-ticket-write-v1", "owner": "Sage"}


class TestFindingAPath:
    @pytest.mark.parametrize(
        "text",
        [
            "ticket-write-v1",
            "calls ticket_write_v1() again",
            "TICKET_WRITE_V1",
            "/tools/ticket-write-v1/run",
            "see `ticket_write-v1`.",
            "x\nticket_write_v1\ny",
            "ticket_write_v1.py:40",
        ],
    )
    def test_it_is_found(self, text: str) -> None:
        assert seen_paths(["ticket-write-v1"], [text]) == {"ticket-write-v1"}

    @pytest.mark.parametrize(
        "text",
        [
            "ticket-write-v10",
            "ticket-write",
            "my-ticket-write-v1",
            "ticket write v1",
            "ticket-write-v1-retired",
            "ticketwritev1",
            "",
        ],
    )
    def test_it_is_another_word(self, text: str) -> None:
        assert seen_paths(["ticket-write-v1"], [text]) == set()

    @pytest.mark.parametrize(
        ("path", "text", "found"),
        [
            ("/api/v1/tickets", "POST /api/v1/tickets?x=1", True),
            ("/api/v1/tickets", "POST /api/v1/tickets_old", False),
            ("api.tickets.write", "in API.tickets.write:", True),
            ("svc:writer", "as svc:writer", True),
            ("svc:writer", "as svc:writers", False),
            ("straße-1", "STRASSE_1", True),
        ],
    )
    def test_paths_of_several_words(self, path: str, text: str, found: bool) -> None:
        assert (seen_paths([path], [text]) == {path}) is found

    def test_the_ref_names_the_path(self) -> None:
        assert path_of("retire-ticket-write-v1") == "ticket-write-v1"
        assert path_of("Retire_ticket_write") == "ticket_write"
        assert path_of("unretire-x") == "unretire-x"

    @pytest.mark.parametrize("path", ["", "a", "v1", "tool", "TOOLS", "////", "   "])
    def test_what_is_too_vague(self, path: str) -> None:
        assert too_vague(path)

    def test_it_takes_time_in_proportion(self) -> None:
        paths = [f"ticket-write-v{n}" for n in range(2000)]
        text = "ticket-write-vx ticket_write " * 20_000
        started = time.perf_counter()
        assert seen_paths(paths, [text]) == set()
        assert time.perf_counter() - started < 5


def retire(case: Case, **change: Any) -> dict[str, Any]:
    """The case is contained and resolved, its plan done."""
    case.contained()
    path = f"{case.path}/postmortem/corrective-actions"
    action = ok(case.clara.post(path, {**PLAN, **change}), 201)
    ok(case.clara.request("PATCH", f"{path}/{action['action_id']}", {"state": "done"}))
    case.moved("resolved")
    return action


def plan() -> CorrectiveAction:
    return CorrectiveAction.objects.get(kind="retirement_plan")


def seen_signals(agent: Any) -> list[dict[str, Any]]:
    found = [one["payload"] for one in agent.inbox(limit="200")]
    return [
        one for one in found if isinstance(one, dict) and one.get("event") == "retired_path_seen"
    ]


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("closed", [False, True])
def test_a_report_that_names_it_reopens_the_case(case: Case, closed: bool) -> None:
    retire(case)
    if closed:
        case.moved("closed")
    report = Case(case.cast, "Onboarding calls ticket_write_v1 again, in wave 2.")
    row = case.row
    assert (row.status, row.reopened_count, row.closure) == ("triaging", 1, "")
    reason = row.tiers.get(tier=5).reopened_because
    assert reason == f"ticket-write-v1 was retired and is seen again in {report.incident_id}."
    assert "retired_path_seen" in case.events()
    assert case.events().count("reopened") == 1
    # The new report is a case of its own, with a link to the old one.
    entry = report.row.timeline.get(event="retired_path_seen")
    assert entry.detail == {"paths": ["ticket-write-v1"], "retired_by": case.incident_id}
    assert report.row.status == "reported"
    # Clara hears of it, the owner too, and the reporter of the old case.
    for agent in (case.clara, case.cast.sage):
        (told,) = seen_signals(agent)
        assert (told["incident_id"], told["seen_in"], told["reopened"]) == (
            case.incident_id,
            report.incident_id,
            True,
        )
    outcomes = [
        one["payload"].get("outcome")
        for one in case.cast.jade.inbox(limit="200")
        if isinstance(one["payload"], dict)
    ]
    assert outcomes.count("reopened") == 1
    # What was called done was not.
    assert plan().state == "open"
    assert plan().postmortem.status == "open"


def test_it_reopens_once_until_it_is_retired_again(case: Case) -> None:
    retire(case)
    for number in range(3):
        Case(case.cast, f"ticket_write_v1 again, report {number}")
    assert case.row.reopened_count == 1
    assert len(seen_signals(case.clara)) == 1

    case.triage(first=4)
    path = f"{case.path}/postmortem/corrective-actions/{plan().pk}"
    ok(case.clara.request("PATCH", path, {"state": "done"}))
    case.moved("contained", "resolved", "closed")
    Case(case.cast, "ticket_write_v1 is alive")
    assert (case.row.reopened_count, case.row.status) == (2, "triaging")


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "It writes.", "tool": "ticket-write-v1"},
        {"text": "It writes.", "ticket_write_v1": "called twice"},
        {"text": "It writes.", "tool_principal": "TICKET_WRITE_V1"},
        {"title": "ticket-write-v1 answers", "text": "It should not."},
        {"text": "x", "stack_trace": 'File "t.py", line 3, in ticket_write_v1\nKeyError: 1'},
    ],
    ids=str,
)
def test_wherever_the_report_names_it(case: Case, payload: dict[str, Any]) -> None:
    retire(case)
    Case(case.cast, payload)
    assert case.row.status == "triaging"


@pytest.mark.parametrize(
    "facts",
    [{"tool_principal": "ticket_write_v1"}, {"affected_surfaces": ["ticket_write_v1"]}],
    ids=str,
)
def test_a_record_that_names_it(case: Case, facts: dict[str, Any]) -> None:
    retire(case)
    report = Case(case.cast, "Something writes tickets.")
    assert case.row.status == "resolved"
    ok(case.clara.request("PATCH", report.path, facts))
    assert case.row.status == "triaging"
    assert "retired_path_seen" in report.events()


def test_an_older_case_that_is_written_up_later_reopens_nothing(case: Case) -> None:
    older = Case(case.cast, "Something writes tickets.")
    retire(case)
    ok(case.clara.request("PATCH", older.path, {"tool_principal": "ticket_write_v1"}))
    assert case.row.status == "resolved"


def test_its_own_record_may_name_it(case: Case) -> None:
    retire(case)
    ok(case.clara.request("PATCH", case.path, {"tool_principal": "ticket_write_v1"}))
    assert case.row.status == "resolved"


def test_a_plan_that_was_dropped_retires_nothing(case: Case) -> None:
    action = retire(case)
    path = f"{case.path}/postmortem/corrective-actions/{action['action_id']}"
    ok(case.clara.request("PATCH", path, {"state": "dropped", "note": "not now"}))
    Case(case.cast, "ticket_write_v1 again")
    assert case.row.status == "resolved"


def test_a_plan_that_was_never_done_retires_nothing(case: Case) -> None:
    case.contained()
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", PLAN), 201)
    case.moved("resolved", "closed")
    Case(case.cast, "ticket_write_v1 again")
    assert case.row.status == "closed"


def test_a_plan_that_was_done_and_is_open_again_is_watched(case: Case) -> None:
    action = retire(case)
    path = f"{case.path}/postmortem/corrective-actions/{action['action_id']}"
    ok(case.clara.request("PATCH", path, {"state": "open"}))
    Case(case.cast, "ticket_write_v1 again")
    assert case.row.status == "triaging"


def test_a_question_about_it_is_no_sighting(case: Case) -> None:
    retire(case)
    intake_id = case.cast.jade.report("What replaces ticket_write_v1?")["intake_id"]
    verdict = {"classification": "info", "rationale": "asks", "answer": "ticket-write-v2"}
    ok(case.cast.sage.post(f"intake/{intake_id}/classification", verdict))
    assert case.row.status == "resolved"


def test_another_tenant_reopens_nothing(case: Case, stranger: Cast) -> None:
    retire(case)
    theirs = Case(stranger, "ticket_write_v1 again")
    assert case.row.status == "resolved"
    assert theirs.events().count("retired_path_seen") == 0


def test_the_plan_may_name_its_path(case: Case) -> None:
    retire(case, ref="plan-7", retires="svc:ticket-writer")
    Case(case.cast, "plan-7 is discussed")
    assert case.row.status == "resolved"
    Case(case.cast, "svc:ticket_writer wrote")
    assert case.row.status == "triaging"


def test_a_case_without_retired_paths_costs_one_query(
    case: Case, django_assert_num_queries: Any
) -> None:
    from incidents.services.notice_retired_paths import notice_retired_paths

    row = case.row
    with django_assert_num_queries(1):
        assert notice_retired_paths(row, at=row.detected_at, texts=["ticket_write_v1"]) == []


def test_a_report_that_joins_an_older_case_counts(case: Case) -> None:
    """The older case was there before the path was retired; who reports it again is not."""
    text = "Onboarding calls ticket_write_v1 twice: KeyError"
    older = Case(case.cast, text)
    retire(case)
    assert case.row.status == "resolved"
    intake_id = case.cast.jade.report(text)["intake_id"]
    verdict = {"classification": "incident", "rationale": "the same again"}
    answer = ok(case.cast.sage.post(f"intake/{intake_id}/classification", verdict))
    assert answer["status"] == "joined"
    assert case.row.status == "triaging"
    entry = older.row.timeline.get(event="retired_path_seen")
    assert entry.detail["retired_by"] == case.incident_id
