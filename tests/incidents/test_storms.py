"""Too many reports of one reporter: held, summarised, none dropped."""

import secrets
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections

from bridge.models import Signal
from incidents.models import ClassificationRow, Incident, Intake, Storm, TimelineEntry, Todo
from incidents.selectors_intake import agreement
from kernel import clock
from tests.cast import Agent, Cast, a_fault
from tests.incidents.test_joining import at_once

pytestmark = pytest.mark.django_db
MOST = 3
SAME = "prism_signal crashes after {} tries"


@pytest.fixture(autouse=True)
def _a_small_storm(settings: Any) -> None:
    settings.INTAKE_STORM_REPORTS = MOST
    settings.DESK_MODE = "auto"


def send(reporter: Agent, *payloads: str) -> list[str]:
    return [reporter.report(payload)["intake_id"] for payload in payloads]


def fill(reporter: Agent) -> None:
    """As many reports as go without a storm."""
    send(reporter, *(a_fault() for _ in range(MOST)))


def statuses(intake_ids: list[str]) -> list[str]:
    found = dict(Intake.objects.filter(pk__in=intake_ids).values_list("pk", "status"))
    return [next(value for key, value in found.items() if str(key) == one) for one in intake_ids]


def release(agent: Agent) -> Any:
    return agent.post(f"intake/storms/{Storm.objects.get(released_at=None).pk}/release")


def code(answer: Any) -> tuple[int, str]:
    assert answer.json()["error"]["next_steps"]
    return answer.status_code, answer.json()["error"]["code"]


def test_further_reports_are_held_and_everybody_is_told_once(
    cast: Cast, sweep: Callable[[], None]
) -> None:
    fill(cast.jade)
    assert not Storm.objects.exists()
    held = send(cast.jade, "one is broken", "another is broken", "third is broken")
    sweep()
    assert statuses(held) == ["held"] * 3
    shown = cast.jade.get(f"intake/{held[0]}").json()
    assert (shown["status"], shown["held"], shown["classification"]) == ("held", True, None)
    storm = Storm.objects.get()
    told = [one for one in cast.jade.inbox() if one["payload"].get("storm_id") == str(storm.pk)]
    assert [one["signal_type"] for one in told] == ["Status"]
    assert told[0]["payload"]["held"] is True
    notices = [one for one in cast.sage.inbox() if one["category"] == "storm"]
    assert [one["payload"]["storm_id"] for one in notices] == [str(storm.pk)]
    # Others report as ever.
    assert statuses(send(cast.onyx, a_fault())) == ["received"]


def test_reports_spread_over_time_are_no_storm(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as moved:
        for _ in range(4 * MOST):
            send(cast.jade, a_fault())
            moved.shift(timedelta(minutes=4))
    assert not Storm.objects.exists()


def test_a_held_report_is_not_classified(cast: Cast) -> None:
    fill(cast.jade)
    (held,) = send(cast.jade, "it is broken")
    verdict = {"classification": "info", "rationale": "x", "answer": "y"}
    answer = cast.sage.post(f"intake/{held}/classification", verdict)
    assert code(answer) == (409, "intake_held")


@pytest.mark.parametrize("by", ["quiet", "sage"])
def test_none_is_dropped(cast: Cast, sweep: Callable[[], None], by: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as moved:
        fill(cast.jade)
        held = send(
            cast.jade,
            *(SAME.format(number) for number in range(6)),
            *(a_fault() for _ in range(4)),
            *("How do I list my todos?" for _ in range(3)),
            *("Please add a dark theme." for _ in range(3)),
            *("!!!" for _ in range(2)),
        )
        assert statuses(held) == ["held"] * len(held)
        if by == "sage":
            assert release(cast.sage).status_code == 200
        else:
            moved.shift(timedelta(minutes=9))
            sweep()
            assert statuses(held) == ["held"] * len(held)
            moved.shift(timedelta(minutes=2))
        sweep()
        sweep()

    storm = Storm.objects.get()
    assert storm.released_by == ("Sage@PID-PGR01" if by == "sage" else "system:desk")
    assert storm.reports.count() == len(held)
    assert Intake.objects.count() == len(held) + MOST
    assert not Intake.objects.filter(status__in=["held", "received"]).exists()
    # Every report has a row of its own.
    assert ClassificationRow.objects.count() == Intake.objects.count()
    assert ClassificationRow.objects.values("intake").distinct().count() == Intake.objects.count()
    assert sorted(statuses(held)) == sorted(
        ["handed_off", *["joined"] * 5]
        + ["handed_off"] * 4
        + ["answered"] * 3
        + ["routed"] * 3
        + ["answered"] * 2
    )


def test_the_summary_counts_and_holds_no_word(cast: Cast, sweep: Callable[[], None]) -> None:
    canary = f"canary{secrets.token_hex(4)}"
    fill(cast.jade)
    held = send(cast.jade, *(SAME.format(n) for n in range(3)), f"the {canary} is broken")
    answer = release(cast.sage)
    for summary in (
        answer.json(),
        cast.jade.inbox()[-1]["payload"],
        cast.sage.inbox()[-1]["payload"],
    ):
        assert (summary["reports"], summary["different"]) == (4, 2)
        assert [group["reports"] for group in summary["groups"]] == [3, 1]
        assert summary["groups"][0]["sample_intake_ids"] == held[:3]
        assert summary["first_at"] <= summary["last_at"]
        assert canary not in str(summary)
    assert cast.jade.inbox()[-1]["in_reply_to"] == str(Intake.objects.get(pk=held[0]).signal_id)


class TestEqualReports:
    def test_a_case_is_opened_once_and_clara_told_once(
        self, cast: Cast, sweep: Callable[[], None]
    ) -> None:
        fill(cast.jade)
        first, *others = send(cast.jade, *(SAME.format(number) for number in range(8)))
        release(cast.sage)
        sweep()
        case = Incident.objects.get(intake_id=first)
        assert set(statuses(others)) == {"joined"}
        assert set(Intake.objects.filter(pk__in=others).values_list("joined", flat=True)) == {
            case.pk
        }
        (entry,) = TimelineEntry.objects.filter(incident=case, event="report_joined")
        assert entry.detail["reports"] == len(others)
        notices = [one for one in cast.clara.inbox() if one["category"] == "report_joined"]
        assert [one["payload"]["reports"] for one in notices] == [len(others)]
        shown = cast.jade.get(f"intake/{others[0]}").json()
        assert shown["joined_incident_id"] == case.incident_id
        assert not Intake.objects.filter(pk__in=others, next_update_due_at__isnull=False).exists()

    def test_they_join_the_case_that_was_open_before(
        self, cast: Cast, sweep: Callable[[], None]
    ) -> None:
        (before,) = send(cast.jade, SAME.format(1))
        sweep()
        send(cast.jade, *(a_fault() for _ in range(MOST - 1)))
        held = send(cast.jade, *(SAME.format(number) for number in range(4)))
        assert statuses(held) == ["held"] * 4
        release(cast.sage)
        sweep()
        case = Incident.objects.get(intake_id=before)
        assert set(Intake.objects.filter(pk__in=held).values_list("joined", flat=True)) == {case.pk}

    def test_a_wish_is_one_todo_and_a_question_one_answer(
        self, cast: Cast, sweep: Callable[[], None]
    ) -> None:
        fill(cast.jade)
        wishes = send(cast.jade, *("Please add a dark theme." for _ in range(4)))
        questions = send(cast.jade, *("How do I list my todos?" for _ in range(4)))
        release(cast.sage)
        sweep()
        todo = Todo.objects.get(intake__in=wishes[:1])
        assert set(Intake.objects.filter(pk__in=wishes).values_list("todo", flat=True)) == {todo.pk}
        answered = Signal.objects.filter(in_reply_to__intake_id__in=questions, signal_type="Answer")
        assert answered.count() == 1
        row = ClassificationRow.objects.get(intake_id=questions[3])
        assert (row.rule, row.desk_rule) == ("same-in-storm", "how-to")
        assert questions[0] in row.rationale

    def test_whoever_sits_at_the_desk(self, cast: Cast, settings: Any) -> None:
        settings.DESK_MODE = "agents"
        fill(cast.jade)
        first, *others = send(cast.jade, *(SAME.format(number) for number in range(4)))
        release(cast.sage)
        assert statuses([first, *others]) == ["received"] * 4
        verdict = {"classification": "recommendation", "rationale": "known", "lane_owner": "docs"}
        assert cast.sage.post(f"intake/{first}/classification", verdict).status_code == 200
        assert statuses(others) == ["routed"] * 3
        # One decision of Sage's, not four.
        counted = {one.classification: one.decided for one in agreement(cast.home.tenant_id)}
        assert counted["recommendation"] == 1

    def test_sage_may_decide_about_one_that_follows(self, cast: Cast, settings: Any) -> None:
        settings.DESK_MODE = "agents"
        fill(cast.jade)
        first, second, third = send(cast.jade, *(SAME.format(number) for number in range(3)))
        release(cast.sage)
        info = {"classification": "info", "rationale": "x", "answer": "y"}
        assert cast.sage.post(f"intake/{second}/classification", info).status_code == 200
        assert statuses([first, second, third]) == ["received", "answered", "received"]
        incident = {"classification": "incident", "rationale": "x"}
        assert cast.sage.post(f"intake/{first}/classification", incident).status_code == 200
        assert statuses([first, second, third]) == ["handed_off", "answered", "joined"]

    def test_when_the_first_is_taken_back_the_next_leads(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settings.DESK_MODE = "agents"
        fill(cast.jade)
        first, second, third = send(cast.jade, *(SAME.format(number) for number in range(3)))
        release(cast.sage)
        assert cast.jade.post(f"intake/{first}/withdraw").status_code == 200
        settings.DESK_MODE = "auto"
        sweep()
        assert statuses([first, second, third]) == ["withdrawn", "handed_off", "joined"]

    def test_they_follow_a_later_decision_too(self, cast: Cast, settings: Any) -> None:
        settings.DESK_MODE = "agents"
        fill(cast.jade)
        first, second, *others = send(cast.jade, *(SAME.format(number) for number in range(5)))
        release(cast.sage)

        def decide(one: str, what: str, verb: str = "reclassification") -> None:
            body = {"classification": what, "rationale": "x"}
            body |= {"answer": "y"} if what == "info" else {}
            answer = cast.sage.post(f"intake/{one}/{verb}", body)
            assert answer.status_code == 200, answer.content

        decide(first, "incident", "classification")
        decide(second, "enhancement")
        case = Incident.objects.get(intake_id=first)
        rows, heard = ClassificationRow.objects.count(), len(cast.jade.inbox())
        decide(first, "info")
        assert statuses([first, second, *others]) == ["answered", "routed"] + ["answered"] * 3
        case = Incident.objects.get(pk=case.pk)
        assert (case.status, str(case.intake_id)) == ("withdrawn", first)
        assert not Intake.objects.filter(joined=case).exists()
        assert ClassificationRow.objects.count() == rows + 4
        words = [one["payload"] for one in cast.jade.inbox()[heard:]]
        assert [one["followers"] for one in words if "followers" in one] == [3]
        decide(first, "recommendation")
        todo = Intake.objects.get(pk=first).todo
        assert set(Intake.objects.filter(pk__in=others).values_list("todo", flat=True)) == {
            todo.pk if todo else None
        }
        decide(first, "incident")
        assert statuses([first, second, *others]) == ["handed_off", "routed"] + ["joined"] * 3
        assert todo is not None
        assert Todo.objects.get(pk=todo.pk).status == "done"

    def test_one_that_follows_can_be_another_case(
        self, cast: Cast, sweep: Callable[[], None]
    ) -> None:
        fill(cast.jade)
        first, second = send(cast.jade, SAME.format(1), SAME.format(2))
        release(cast.sage)
        sweep()
        shown = cast.jade.post(f"intake/{second}/not-the-same").json()
        assert shown["incident_id"] != cast.jade.get(f"intake/{first}").json()["incident_id"]


def test_a_held_report_can_be_taken_back(cast: Cast, sweep: Callable[[], None]) -> None:
    fill(cast.jade)
    first, second = send(cast.jade, SAME.format(1), SAME.format(2))
    assert cast.jade.post(f"intake/{first}/withdraw").status_code == 200
    release(cast.sage)
    sweep()
    assert statuses([first, second]) == ["withdrawn", "handed_off"]


def test_after_a_release_the_count_begins_anew(cast: Cast) -> None:
    fill(cast.jade)
    send(cast.jade, a_fault())
    release(cast.sage)
    assert statuses(send(cast.jade, *(a_fault() for _ in range(MOST)))) == ["received"] * MOST
    assert statuses(send(cast.jade, a_fault())) == ["held"]
    assert Storm.objects.count() == 2


def test_a_reporter_that_is_gone_does_not_keep_a_storm_open(
    cast: Cast, sweep: Callable[[], None]
) -> None:
    fill(cast.jade)
    held = send(cast.jade, a_fault(), a_fault())
    cast.jade.persona.status = "retired"
    cast.jade.persona.save()
    assert release(cast.sage).status_code == 200
    sweep()
    assert statuses(held) == ["handed_off"] * 2


class TestTheEndpoints:
    def test_lists_and_reads(self, cast: Cast) -> None:
        fill(cast.jade)
        send(cast.jade, a_fault(), a_fault())
        (shown,) = cast.sage.get("intake/storms?status=open").json()["results"]
        assert (shown["reports"], shown["released_at"]) == (2, None)
        assert shown["reporter"] == {"pid": "PID-DPA01", "identity": "Jade"}
        assert cast.sage.get("intake/storms?status=released").json()["results"] == []
        assert cast.sage.get("intake/storms?status=x").status_code == 400
        read = cast.sage.get(f"intake/storms/{shown['storm_id']}").json()
        assert (read["reports"], read["different"]) == (2, 2)
        assert release(cast.sage).json()["released_by"] == "Sage@PID-PGR01"
        again = cast.sage.post(f"intake/storms/{shown['storm_id']}/release")
        assert code(again) == (409, "intake_storm_over")
        assert len(cast.sage.get("intake/storms?status=released").json()["results"]) == 1

    def test_for_sage_of_the_tenant_alone(self, cast: Cast, stranger: Cast) -> None:
        fill(cast.jade)
        send(cast.jade, a_fault())
        storm = Storm.objects.get()
        for other in (cast.jade, cast.clara, cast.onyx):
            assert code(other.get("intake/storms")) == (403, "forbidden")
            assert code(other.post(f"intake/storms/{storm.pk}/release")) == (403, "forbidden")
        assert stranger.sage.get("intake/storms").json()["results"] == []
        for answer in (
            stranger.sage.get(f"intake/storms/{storm.pk}"),
            stranger.sage.post(f"intake/storms/{storm.pk}/release"),
        ):
            assert code(answer) == (404, "not_found")
        body = cast.sage.post(f"intake/storms/{storm.pk}/release", {"x": 1})
        assert code(body) == (400, "invalid_request")
        storm.refresh_from_db()
        assert storm.released_at is None


@pytest.mark.django_db(transaction=True)
def test_a_report_that_arrives_at_the_release_is_not_lost(
    cast: Cast, sweep: Callable[[], None]
) -> None:
    start = threading.Barrier(3)

    def run(work: Callable[[], Any]) -> None:
        start.wait(20)
        try:
            work()
        finally:
            connections.close_all()

    fill(cast.jade)
    send(cast.jade, a_fault())
    works: tuple[Callable[[], Any], ...] = (
        lambda: release(cast.sage),
        lambda: send(cast.jade, *(a_fault() for _ in range(3))),
        lambda: send(cast.jade, *(a_fault() for _ in range(3))),
    )
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for storm in Storm.objects.filter(released_at=None):
        assert cast.sage.post(f"intake/storms/{storm.pk}/release").status_code == 200
    sweep()
    assert Intake.objects.count() == MOST + 1 + 6
    assert not Intake.objects.exclude(status="handed_off").exists()
    assert Incident.objects.count() == MOST + 1 + 6


@pytest.mark.django_db(transaction=True)
def test_reports_sent_at_once_are_counted_one_after_another(cast: Cast) -> None:
    results = at_once(*[lambda: send(cast.jade, a_fault())] * 8)
    taken = [one for one in results if isinstance(one, list)]
    assert len(taken) == 8, results
    assert sorted(statuses([one for (one,) in taken])) == ["held"] * 5 + ["received"] * MOST
    assert Storm.objects.count() == 1
