"""The sweep: marks, escalation steps and honest words, each exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from access.models import Persona, User
from access.services.create_operator import create_operator
from bridge.models import Signal
from incidents.models import (
    Deadline,
    Escalation,
    Incident,
    Intake,
    TimelineEntry,
)
from incidents.services.fire_deadlines import fire_deadlines
from incidents.services.keep_promises import keep_promises
from incidents.services.send_escalation import send_queued_escalations
from incidents.states import Stage
from kernel import clock
from tests.cast import BY, PASSWORD, Cast
from tests.incidents.test_clocks import HOUR, of, opened
from tests.incidents.test_triage import tier
from tests.phonehome.packets import staged_packet

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _agents_sit_there_and_time_stands_still(settings: Any, time_machine: Any) -> None:
    settings.DESK_MODE = "agents"
    time_machine.move_to(clock.now().replace(microsecond=0), tick=False)


def reminders(of_whom: Any) -> list[str]:
    """The deadlines that an agent was reminded of, one by one."""
    return [
        one["deadline_id"]
        for signal in Signal.objects.filter(recipient=of_whom.persona, category="deadline")
        for one in signal.payload["deadlines"]
    ]


def steps(stage: Stage) -> list[tuple[str, int, str]]:
    rows = Escalation.objects.filter(deadline__stage=stage).order_by("after_percent", "id")
    return [(str(one.kind), one.after_percent, str(one.delivery)) for one in rows]


def events(name: str = "") -> list[str]:
    found = TimelineEntry.objects.filter(event__in=["deadline_at_risk", "deadline_breached"])
    return list(found.values_list("event", flat=True))


def test_a_report_that_nobody_classifies(cast: Cast, time_machine: Any) -> None:
    """At risk after 45 of 60 minutes, over after 60, and the on-call step after 90."""
    cast.jade.report()
    assert fire_deadlines() == 0
    time_machine.shift(45 * MINUTE)
    assert fire_deadlines() == 1
    assert reminders(cast.sage) == [str(of(Stage.CLASSIFY).pk)]
    assert steps(Stage.CLASSIFY) == [("reminder", 75, "told")]
    assert of(Stage.CLASSIFY).was_at_risk
    assert of(Stage.CLASSIFY).breached_at is None
    time_machine.shift(15 * MINUTE)
    fire_deadlines()
    assert of(Stage.CLASSIFY).breached_at == of(Stage.CLASSIFY).due_at
    time_machine.shift(30 * MINUTE)
    for _ in range(3):
        fire_deadlines()
    assert steps(Stage.CLASSIFY) == [
        ("reminder", 75, "told"),
        ("second_operator", 100, "told"),
        ("on_call", 150, "no_address"),
    ]
    assert of(Stage.CLASSIFY).next_step_at is None
    assert len(reminders(cast.sage)) == 1
    assert Intake.objects.count() == 1, "a reminder to Sage is no report"


def test_a_case_that_nobody_triages_is_written_on_its_timeline(
    cast: Cast, time_machine: Any
) -> None:
    opened(cast)
    time_machine.shift(6 * HOUR)
    fire_deadlines()
    assert reminders(cast.clara) == [str(of(Stage.TRIAGE).pk)]
    assert events() == ["deadline_at_risk"]
    time_machine.shift(2 * HOUR)
    fire_deadlines()
    fire_deadlines()
    assert events() == ["deadline_at_risk", "deadline_breached"]
    escalated = TimelineEntry.objects.filter(event="escalated")
    assert [entry.detail["kind"] for entry in escalated] == ["reminder", "second_operator"]


def test_after_an_outage_everything_that_was_due_is_done_once(
    cast: Cast, time_machine: Any
) -> None:
    opened(cast)
    time_machine.shift(100 * HOUR)
    for _ in range(3):
        fire_deadlines()
    assert [step[:2] for step in steps(Stage.TRIAGE)] == [
        ("reminder", 75),
        ("second_operator", 100),
        ("on_call", 150),
    ]
    assert events() == ["deadline_breached"] * 2, "the triage and the promise"


def test_a_case_that_moves_on_is_left_alone(cast: Cast, time_machine: Any) -> None:
    incident_id = opened(cast)
    for number in range(1, 6):
        assert tier(cast, incident_id, number).status_code == 200
    time_machine.shift(7 * HOUR)
    fire_deadlines()
    assert steps(Stage.TRIAGE) == []


def test_many_due_at_once_make_few_signals(cast: Cast, time_machine: Any) -> None:
    for _ in range(120):
        cast.jade.report()
    time_machine.shift(45 * MINUTE)
    fire_deadlines()
    waiting = Intake.objects.filter(status="received").count()
    assert len(set(reminders(cast.sage))) == len(reminders(cast.sage)) >= waiting
    assert Signal.objects.filter(category="deadline").count() == 2


def test_a_second_operator_is_another_than_who_acted_last(cast: Cast, time_machine: Any) -> None:
    grace, _ = create_operator(name="grace", password=PASSWORD, by=BY)
    create_operator(name="gone", password=PASSWORD, by=BY)
    User.objects.filter(username="gone").update(is_active=False)
    record = staged_by_desk(cast)
    TimelineEntry.objects.create(
        tenant_id=record.tenant_id,
        incident=record.incident,
        event="packet_changes_requested",
        actor="frank",
    )
    time_machine.shift(30 * HOUR)
    fire_deadlines()
    row = Escalation.objects.get(kind="second_operator", deadline__stage=Stage.OPERATOR_REVIEW)
    assert row.operator == grace


def test_a_review_calls_everybody_before_the_packet_expires(
    cast: Cast, time_machine: Any, sweep: Any
) -> None:
    record = staged_by_desk(cast)
    assert record.incident.severity not in ("P0", "P1"), "it has as long as its packet"
    for _ in range(25):
        time_machine.shift(HOUR)
        sweep()
    assert [step[:2] for step in steps(Stage.OPERATOR_REVIEW)] == [
        ("reminder", 50),
        ("second_operator", 75),
        ("on_call", 90),
    ]
    assert of(Stage.OPERATOR_REVIEW).state == "cancelled"


def staged_by_desk(cast: Cast) -> Any:
    from django.test import override_settings

    with override_settings(DESK_MODE="auto"):
        return staged_packet(cast)


def test_mail_goes_once_and_holds_no_word_of_the_case(
    cast: Cast, time_machine: Any, settings: Any
) -> None:
    settings.EMAIL_URL, settings.ON_CALL_ADDRESS = "smtp://localhost", "duty@example.com"
    User.objects.update(email="frank@example.com")
    opened(cast)
    time_machine.shift(12 * HOUR)
    fire_deadlines()
    assert steps(Stage.TRIAGE)[1:] == [
        ("second_operator", 100, "queued"),
        ("on_call", 150, "queued"),
    ]
    assert send_queued_escalations() == 2
    assert send_queued_escalations() == 0
    assert sorted(message.to[0] for message in mail.outbox) == [
        "duty@example.com",
        "frank@example.com",
    ]
    for message in mail.outbox:
        assert Incident.objects.get().incident_id in message.subject + message.body
        assert "prism_signal" not in message.subject + message.body
        assert "http" not in message.body
    assert {delivery for *_, delivery in steps(Stage.TRIAGE)} == {"told", "sent"}


def test_a_crash_while_sending_leaves_it_unsent_and_never_sends_twice(
    cast: Cast, time_machine: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_URL, settings.ON_CALL_ADDRESS = "smtp://localhost", "duty@example.com"
    opened(cast)
    time_machine.shift(12 * HOUR)
    fire_deadlines()

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("incidents.services.send_escalation.send_mail", killed)
        with pytest.raises(KeyboardInterrupt):
            send_queued_escalations()
    assert send_queued_escalations() == 0
    assert mail.outbox == []
    assert steps(Stage.TRIAGE)[2] == ("on_call", 150, "sending")


def test_a_mail_server_that_refuses_is_on_the_row(
    cast: Cast, time_machine: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_URL, settings.ON_CALL_ADDRESS = "smtp://localhost", "duty@example.com"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    opened(cast)
    time_machine.shift(12 * HOUR)
    fire_deadlines()
    assert send_queued_escalations() == 0
    assert steps(Stage.TRIAGE)[2] == ("on_call", 150, "failed")


def test_a_tenant_without_its_personas_does_not_stop_the_others(
    cast: Cast, stranger: Cast, time_machine: Any
) -> None:
    opened(stranger)
    opened(cast)
    Persona.objects.filter(pk=cast.clara.persona.pk).update(status="revoked")
    time_machine.shift(6 * HOUR)
    fire_deadlines()
    assert len(reminders(stranger.clara)) == 1
    assert sorted(step[2] for step in steps(Stage.TRIAGE)) == ["failed", "told"]


def test_a_promise_that_passes_is_kept_by_an_honest_word(cast: Cast, time_machine: Any) -> None:
    incident_id = opened(cast)
    promised = cast.jade.get(f"incidents/{incident_id}/status").json()["next_update_due_at"]
    before = len(cast.jade.inbox())
    time_machine.shift(24 * HOUR)
    assert keep_promises() == 1
    assert keep_promises() == 0
    words = cast.jade.inbox()[before:]
    assert len(words) == 1
    payload = words[0]["payload"]
    assert (words[0]["signal_type"], payload["outcome"]) == ("Status", "no_news")
    assert (payload["status"], payload["with"]) == ("reported", "incident_manager")
    again = cast.jade.get(f"incidents/{incident_id}/status").json()["next_update_due_at"]
    assert again == payload["next_update_due_at"] > promised
    ended = Deadline.objects.filter(stage=Stage.NEXT_UPDATE).earliest("id")
    assert (ended.state, ended.breached_at) == ("met", None)


def test_a_promise_that_was_late_says_so(cast: Cast, time_machine: Any) -> None:
    opened(cast)
    time_machine.shift(25 * HOUR)
    keep_promises()
    ended = Deadline.objects.filter(stage=Stage.NEXT_UPDATE).earliest("id")
    assert ended.breached_at == ended.due_at


def test_the_reporter_of_an_unclassified_report_hears_too(cast: Cast, time_machine: Any) -> None:
    intake_id = cast.jade.report()["intake_id"]
    time_machine.shift(HOUR)
    assert keep_promises() == 1
    assert keep_promises() == 0
    word = cast.jade.inbox()[-1]["payload"]
    assert (word["outcome"], word["status"]) == ("no_news", "received")
    promised = Intake.objects.get(pk=intake_id).next_update_due_at
    assert promised == clock.now() + 24 * HOUR


def test_one_word_is_about_all_reports_of_a_storm(
    cast: Cast, time_machine: Any, settings: Any
) -> None:
    settings.INTAKE_STORM_REPORTS = 2
    for word in ("alpha", "beta", "gamma", "delta", "epsilon"):
        cast.jade.report(f"The {word} verb crashes")
    assert Intake.objects.filter(status="held").count() == 3
    time_machine.shift(HOUR)
    keep_promises()
    keep_promises()
    words = [one["payload"] for one in cast.jade.inbox() if one["payload"].get("outcome")]
    assert sorted(one["reports"] for one in words) == [1, 1, 3]
    assert set(Intake.objects.values_list("next_update_due_at", flat=True)) == {
        clock.now() + 24 * HOUR
    }


def test_a_reporter_that_is_gone_is_noted_once_and_still_promised(
    cast: Cast, time_machine: Any
) -> None:
    opened(cast)
    cast.jade.report()
    Persona.objects.filter(pk=cast.jade.persona.pk).update(status="revoked")
    for _ in range(3):
        time_machine.shift(25 * HOUR)
        keep_promises()
        assert Incident.objects.get().next_update_due_at > clock.now()
        unheard = Intake.objects.get(status="received")
        assert unheard.next_update_due_at is not None
        assert unheard.next_update_due_at > clock.now()
    assert TimelineEntry.objects.filter(event="reporter_unreachable").count() == 1


def test_a_desk_that_nobody_holds_is_noted_once_and_the_promise_goes_on(
    cast: Cast, time_machine: Any
) -> None:
    """The same as with a reporter that is gone: what cannot be said does not hold up the rest."""
    opened(cast)
    cast.jade.report("the roster is empty and crashes with ValueError")
    for agent in (cast.clara, cast.sage):
        Persona.objects.filter(pk=agent.persona.pk).update(status="revoked")
    for _ in range(3):
        time_machine.shift(25 * HOUR)
        assert keep_promises() == 2
    assert not Incident.objects.filter(next_update_due_at__lte=clock.now()).exists()
    assert not Intake.objects.filter(next_update_due_at__lte=clock.now()).exists()
    assert TimelineEntry.objects.filter(event="reporter_unreachable").count() == 1


def test_promises_that_cannot_be_kept_do_not_starve_the_others(
    cast: Cast, stranger: Cast, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest ones fail for a lasting reason, in every pass, and fill more than one page."""
    monkeypatch.setattr("incidents.services.keep_promises.BATCH", 2)
    for number in range(3):
        stranger.jade.report(f"{'abc'[number] * 9} crashes")
    time_machine.shift(timedelta(minutes=1))
    for number in range(3):
        cast.jade.report(f"{'abc'[number] * 9} crashes")

    def fail(signal: Signal) -> None:
        if signal.tenant_id == stranger.home.tenant_id:
            raise RuntimeError("a listener failed")

    monkeypatch.setattr("bridge.hooks._on_delivered", [fail])
    time_machine.shift(2 * HOUR)
    assert [keep_promises() for _ in range(3)] == [2, 1, 0]
    late = Intake.objects.filter(next_update_due_at__lte=clock.now())
    assert set(late.values_list("tenant_id", flat=True)) == {stranger.home.tenant_id}


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_everything_once(cast: Cast, time_machine: Any) -> None:
    for number in range(12):
        cast.onyx.report(f"verb {number} crashes with KeyError {number * 7919}")
    opened(cast)
    time_machine.shift(30 * HOUR)

    def one_sweep() -> None:
        try:
            fire_deadlines()
            keep_promises()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(one_sweep) for _ in range(4)]:
            done.result(60)
    one_sweep()  # what one had locked when the others came by
    assert len(reminders(cast.sage)) == len(set(reminders(cast.sage))) == 12
    assert reminders(cast.clara) == [str(of(Stage.TRIAGE).pk)]
    assert Escalation.objects.count() == 13 * 3
    words = [one for one in cast.jade.inbox() if one["payload"].get("outcome") == "no_news"]
    assert len(words) == 1
    words = [one for one in cast.onyx.inbox() if one["payload"].get("outcome") == "no_news"]
    assert len(words) == 12
    assert not Incident.objects.filter(next_update_due_at__lte=clock.now()).exists()
