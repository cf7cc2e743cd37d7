"""A clock that runs keeps its terms, whatever operators do to its policy and its calendar."""

from datetime import time, timedelta
from typing import Any

import pytest

from incidents.deadlines.policies import Step
from incidents.models import BusinessCalendar, Deadline, Escalation
from incidents.services.fire_deadlines import fire_deadlines
from incidents.services.set_calendar import set_calendar
from incidents.services.set_deadline_policy import remove_deadline_policy, set_deadline_policy
from incidents.states import Stage
from kernel import clock
from tests.cast import BY, Cast
from tests.incidents.test_clocks import HOUR, of, opened

pytestmark = pytest.mark.django_db
USUAL = [("reminder", 75, ""), ("second_operator", 100, ""), ("on_call", 150, "")]
OFFICE: dict[str, Any] = {"name": "office", "timezone": "UTC", "weekdays": list(range(7)), "by": BY}


@pytest.fixture(autouse=True)
def _agents_sit_there_and_time_stands_still(settings: Any, time_machine: Any) -> None:
    """At nine in the morning."""
    settings.DESK_MODE = "agents"
    nine = clock.now().replace(hour=9, minute=0, second=0, microsecond=0)
    time_machine.move_to(nine, tick=False)


def office(opens: int, closes: int) -> BusinessCalendar:
    return set_calendar(opens=time(opens), closes=time(closes), **OFFICE)


def taken() -> list[tuple[str, int, str]]:
    rows = Escalation.objects.filter(deadline__stage=Stage.TRIAGE)
    return list(rows.order_by("after_percent").values_list("kind", "after_percent", "address"))


def test_a_step_that_moves_is_not_taken_twice(cast: Cast, time_machine: Any) -> None:
    opened(cast)
    time_machine.shift(6 * HOUR)
    fire_deadlines()
    later = [Step("reminder", 80), Step("on_call", 90, "duty@example.com")]
    set_deadline_policy(stage="triage", minutes=480, by=BY, steps=later)
    time_machine.shift(6 * HOUR)
    fire_deadlines()
    assert taken() == USUAL


def test_steps_that_are_struck_out_are_still_taken(cast: Cast, time_machine: Any) -> None:
    opened(cast)
    set_deadline_policy(stage="triage", minutes=4800, by=BY, steps=[])
    time_machine.shift(12 * HOUR)
    fire_deadlines()
    assert taken() == USUAL


def test_the_address_of_a_step_is_the_one_that_was_said(cast: Cast, time_machine: Any) -> None:
    for address in ("early@example.com", "late@example.com"):
        step = Step("on_call", 50, address)
        set_deadline_policy(stage="triage", minutes=480, by=BY, steps=[step])
        if address.startswith("early"):
            opened(cast)
    time_machine.shift(4 * HOUR)
    fire_deadlines()
    assert taken() == [("on_call", 50, "early@example.com")]


def test_a_policy_that_is_removed_leaves_its_hours_behind(cast: Cast, time_machine: Any) -> None:
    """One hour of work a day: 120 minutes are over on the second day, not this morning."""
    policy = set_deadline_policy(
        stage="triage",
        minutes=120,
        at_risk_percent=50,
        tenant_id=cast.home.tenant_id,
        calendar=office(9, 10),
        steps=[Step("reminder", 75), Step("second_operator", 100)],
        by=BY,
    )
    opened(cast)
    started, due = clock.now(), of(Stage.TRIAGE).due_at
    assert due == started + 25 * HOUR
    remove_deadline_policy(policy_id=policy.pk, by=BY)
    time_machine.shift(12 * HOUR)
    fire_deadlines()
    assert taken() == []
    assert of(Stage.TRIAGE).next_step_at == started + timedelta(hours=24, minutes=30)
    time_machine.move_to(due, tick=False)
    fire_deadlines()
    assert [step[:2] for step in taken()] == [("reminder", 75), ("second_operator", 100)]


def test_a_calendar_that_changes_does_not_move_what_goes_on(cast: Cast) -> None:
    """Paused and resumed at the same moment: nothing stood still, and nothing moves."""
    set_deadline_policy(stage="triage", minutes=480, calendar=office(8, 20), by=BY)
    incident_id = opened(cast)
    running = of(Stage.TRIAGE)
    assert running.due_at == clock.now() + 8 * HOUR
    path = f"incidents/{incident_id}/deadlines/{running.pk}"
    cast.clara.post(f"{path}/pause", {"reason": "a log is missing"})
    office(9, 10)
    answer = cast.clara.post(f"{path}/resume", {"reason": "it came"})
    assert answer.json()["due_at"] == clock.isoformat(running.due_at)


def test_a_clock_from_before_terms_were_kept_goes_by_its_policy(
    cast: Cast, time_machine: Any
) -> None:
    opened(cast)
    Deadline.objects.update(terms=None)
    set_deadline_policy(stage="triage", minutes=480, by=BY, steps=[Step("reminder", 80)])
    time_machine.shift(12 * HOUR)
    fire_deadlines()
    assert taken() == [("reminder", 80, "")]
