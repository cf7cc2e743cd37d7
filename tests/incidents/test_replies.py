"""A reporter answers in the thread of a case that is over."""

from collections.abc import Callable
from typing import Any

import pytest

from bridge.models import Signal
from incidents import hooks
from incidents.errors import TEXT_FIXED
from incidents.models import Intake
from kernel.errors import CareError
from tests.cast import Agent, Cast, a_fault, agent
from tests.incidents.lesson.cases import ACTION, Case, ok
from tests.incidents.lesson.test_retired_paths import plan, retire, seen_signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast, settings: Any) -> Case:
    settings.DESK_MODE = "agents"
    return Case(cast)


def close(case: Case) -> None:
    case.contained()
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    case.moved("resolved", "closed")


def told(reporter: Agent, outcome: str) -> list[dict[str, Any]]:
    return [
        one
        for one in reporter.inbox(limit="200")
        if isinstance(one["payload"], dict) and one["payload"].get("outcome") == outcome
    ]


def reply(
    reporter: Agent, to: dict[str, Any], kind: str = "Question", payload: Any = "It shows again."
) -> dict[str, Any]:
    body = {"in_reply_to": to["signal_id"], "signal_type": kind, "payload": payload}
    return ok(reporter.post("signals", body), 201)


@pytest.mark.parametrize("kind", ["Question", "Task"])
def test_it_reopens_the_case_as_was_promised(case: Case, kind: str) -> None:
    close(case)
    (closing,) = told(case.cast.jade, "closed")
    assert "Reply to this signal with a Question" in closing["payload"]["text"]
    sent = reply(case.cast.jade, closing, kind)
    row = case.row
    assert (row.status, row.reopened_count, row.closure) == ("triaging", 1, "")
    assert row.next_update_due_at is not None
    assert sent["signal_id"] in row.tiers.get(tier=5).reopened_because
    assert row.timeline.get(event="reopened").detail["signal_id"] == sent["signal_id"]
    assert len(told(case.cast.jade, "reopened")) == 1
    (heard,) = told(case.clara, "reopened")
    assert heard["payload"]["reply"] == sent["signal_id"]
    # Said again while it is open, it is conversation.
    reply(case.cast.jade, closing, kind)
    assert case.row.reopened_count == 1


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("Answer", "It shows again."),
        ("Notice", "It shows again."),
        ("Question", "What is the status of my report?"),
    ],
)
def test_what_only_says_or_asks_for_news_is_a_message(case: Case, kind: str, payload: str) -> None:
    close(case)
    (closing,) = told(case.cast.jade, "closed")
    sent = reply(case.cast.jade, closing, kind, payload)
    assert case.row.status == "closed"
    assert case.row.timeline.filter(event="message", detail__signal_id=sent["signal_id"]).exists()


def test_a_colleague_whose_report_had_joined_reopens_it(cast: Cast, settings: Any) -> None:
    settings.DESK_MODE = "agents"
    ruby = agent(cast.jade.persona.project, "Ruby")
    text = a_fault()
    case = Case(cast, text)
    intake_id = ruby.report(text)["intake_id"]
    verdict = {"classification": "incident", "rationale": "the same"}
    assert ok(cast.sage.post(f"intake/{intake_id}/classification", verdict))["status"] == "joined"
    close(case)
    (closing,) = told(ruby, "closed")
    reply(ruby, closing)
    assert case.row.status == "triaging"
    assert len(told(ruby, "reopened")) == len(told(cast.jade, "reopened")) == 1


def test_what_upstairs_refuses_is_told_to_clara(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(case)

    def refuse(*_: Any) -> None:
        raise CareError(TEXT_FIXED)

    (closing,) = told(case.cast.jade, "closed")
    with monkeypatch.context() as patched:
        patched.setattr(hooks, "_on_reopened", [refuse])
        sent = reply(case.cast.jade, closing)
    assert Signal.objects.filter(pk=sent["signal_id"]).exists()
    assert (case.row.status, case.row.reopened_count) == ("closed", 0)
    (heard,) = told(case.clara, "reopening_refused")
    assert heard["payload"]["code"] == TEXT_FIXED.code


def test_a_withdrawn_case_stays_so_and_the_reply_is_a_new_report(case: Case) -> None:
    intake = Intake.objects.get(pk=case.row.intake_id)
    assert case.cast.jade.post(f"intake/{intake.pk}/withdraw").status_code == 200
    (word,) = told(case.cast.jade, "withdrawn")
    assert reply(case.cast.jade, word)["intake_id"] is not None
    assert (case.row.status, case.events().count("reopened")) == ("withdrawn", 0)


def test_a_reply_that_names_the_retired_path_opens_its_plan(case: Case) -> None:
    retire(case)
    case.moved("closed")
    (closing,) = told(case.cast.jade, "closed")
    reply(case.cast.jade, closing, payload="ticket_write_v1 still answers: KeyError")
    assert case.row.status == "triaging"
    assert plan().state == "open"
    assert case.events().count("reopened") == 1


def test_a_reply_about_another_case_shows_a_retired_path(case: Case) -> None:
    retire(case)
    case.moved("closed")
    other = Case(case.cast, "Onboarding is slow and fails at the end")
    (first, *_) = [
        one
        for one in case.cast.jade.inbox(limit="200")
        if isinstance(one["payload"], dict)
        and one["payload"].get("incident_id") == other.incident_id
    ]
    reply(case.cast.jade, first, "Answer", "It stands in ticket_write_v1.")
    assert case.row.status == "triaging"
    assert other.row.status == "reported"
    assert len(seen_signals(case.clara)) == 1


def test_the_open_case_goes_on_with_a_promise(
    case: Case, settings: Any, sweep: Callable[[], None]
) -> None:
    close(case)
    (closing,) = told(case.cast.jade, "closed")
    reply(case.cast.jade, closing)
    settings.DESK_MODE = "auto"
    sweep()
    assert case.row.next_update_due_at is not None
