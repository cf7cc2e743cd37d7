"""A path that was called retired and is alive: no case closes over it (seed 002 §10)."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents import hooks
from incidents.errors import TEXT_FIXED
from incidents.models import CorrectiveAction
from kernel.errors import CareError
from tests.incidents.lesson.cases import TIERS, Case, missing, ok
from tests.incidents.lesson.test_retired_paths import PLAN, plan, retire, seen_signals

pytestmark = pytest.mark.django_db


def retired_early(case: Case) -> str:
    """The plan of a contained case is done; the address of the plan."""
    case.contained()
    path = f"{case.path}/postmortem/corrective-actions"
    action = ok(case.clara.post(path, PLAN), 201)
    path = f"{path}/{action['action_id']}"
    ok(case.clara.request("PATCH", path, {"state": "done"}))
    return path


def test_seen_while_the_case_is_still_worked_on(case: Case) -> None:
    path = retired_early(case)
    report = Case(case.cast, "ticket_write_v1 again")
    assert (case.row.status, case.row.reopened_count) == ("contained", 0)
    assert plan().state == "open"
    assert "retired_path_seen" in case.events()
    assert "retired_path_seen" in report.events()
    (told,) = seen_signals(case.clara)
    assert (told["incident_id"], told["reopened"]) == (case.incident_id, False)

    case.moved("resolved")
    assert missing(case.move("closed")) == ["retired_path_alive"]
    ok(case.clara.request("PATCH", path, {"state": "done"}))
    case.moved("closed")


def test_neither_another_lesson_nor_a_waiver_closes_over_it(case: Case) -> None:
    from incidents.services.waive_lesson import waive_lesson

    path = retired_early(case)
    Case(case.cast, "ticket_write_v1 again")
    actions = f"{case.path}/postmortem/corrective-actions"
    ok(case.clara.post(actions, {"kind": "change", "ref": "c-1", "owner": "runtime"}), 201)
    waive_lesson(
        incident_id=case.incident_id,
        tenant_id=case.cast.home.tenant_id,
        reason="nothing to learn",
        by=case.cast.operator,
    )
    case.moved("resolved")
    assert missing(case.move("closed")) == ["retired_path_alive"]
    fifth = ok(case.clara.get(f"{case.path}/checklist"))["questions"][4]
    assert fifth["answer"] == "no"
    # It may stay, when somebody says why.
    ok(case.clara.request("PATCH", path, {"state": "dropped", "note": "v2 needs it"}))
    case.moved("closed")


def test_reopened_by_its_path_it_does_not_close_over_it(case: Case) -> None:
    retire(case)
    case.moved("closed")
    Case(case.cast, "ticket_write_v1 answers again")
    case.triage(first=4).moved("contained", "resolved")
    assert missing(case.move("closed")) == ["retired_path_alive"]
    Case(case.cast, "onboarding calls ticket_write_v1 once more")
    assert (case.row.status, case.row.reopened_count) == ("triaging", 2)


def test_a_reopening_that_was_refused_is_tried_again(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    retire(case)
    case.moved("closed")

    def refuse(*_: Any) -> None:
        raise CareError(TEXT_FIXED)

    with monkeypatch.context() as patched:
        patched.setattr(hooks, "_on_reopened", [refuse])
        Case(case.cast, "ticket_write_v1 answers again")
    assert case.row.status == "closed"
    (told,) = seen_signals(case.clara)
    assert (told["reopened"], told["code"]) == (False, TEXT_FIXED.code)
    assert ok(case.clara.get(f"{case.path}/checklist"))["questions"][4]["answer"] == "no"
    Case(case.cast, "onboarding calls ticket_write_v1 once more")
    assert case.row.status == "triaging"


def test_a_report_that_joins_the_case_itself_counts(case: Case) -> None:
    text = "Onboarding calls ticket_write_v1 twice: KeyError"
    own = Case(case.cast, text)
    retire(own)
    intake_id = case.cast.jade.report(text)["intake_id"]
    verdict = {"classification": "incident", "rationale": "the same again"}
    answer = ok(case.cast.sage.post(f"intake/{intake_id}/classification", verdict))
    assert answer["status"] == "joined"
    assert own.row.status == "triaging"
    assert own.events().count("retired_path_seen") == 1
    assert CorrectiveAction.objects.get().state == "open"


def tier_2(other: Case) -> Any:
    ok(other.clara.put(f"{other.path}/triage/1", TIERS[1]))
    trace = 'File "t.py", line 3, in ticket_write_v1\nKeyError: 1'
    skipped = {"journal_refs": "none", "git_rev": "none"}
    return other.clara.put(f"{other.path}/triage/2", {"stack_trace": trace, "skipped": skipped})


def draft_of_tier_2(other: Case) -> Any:
    return other.clara.request(
        "PATCH", f"{other.path}/triage/2", {"stack_trace": "in ticket_write_v1"}
    )


def text(other: Case) -> Any:
    return other.clara.put(f"{other.path}/text", {"text": "ticket_write_v1 runs."})


def tier_3(other: Case) -> Any:
    ok(other.clara.put(f"{other.path}/triage/1", TIERS[1]))
    ok(other.clara.put(f"{other.path}/triage/2", TIERS[2]))
    return other.clara.put(f"{other.path}/triage/3", {"text": "ticket_write_v1 runs."})


@pytest.mark.parametrize("show", [tier_2, draft_of_tier_2, tier_3, text])
def test_what_the_triage_brings_to_light(case: Case, show: Callable[[Case], Any]) -> None:
    retire(case)
    other = Case(case.cast, "Onboarding is slow and fails at the end")
    assert case.row.status == "resolved"
    ok(show(other))
    assert case.row.status == "triaging"
    assert other.events().count("retired_path_seen") == 1
