"""Which policy counts, as it stands now: the most particular one, else the product's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from incidents.deadlines.calendar import NoWorkingTime, WorkingHours, due_after
from incidents.first_rows import AT_RISK_PERCENT, POLICIES
from incidents.models import BusinessCalendar, DeadlinePolicy, EscalationStep
from incidents.states import EscalationKind


@dataclass(frozen=True)
class Step:
    """What happens when so many percent of the time are over."""

    kind: str
    after_percent: int
    address: str = ""


@dataclass(frozen=True)
class Terms:
    """How long a stage may take, in minutes of working time, and when it is at risk.
    `first_step` is the percentage of the earliest escalation step, None without any."""

    minutes: int
    at_risk_percent: int
    hours: WorkingHours | None
    first_step: int | None
    policy: DeadlinePolicy | None

    def moment(self, started_at: datetime, percent: int) -> datetime:
        return moment(started_at, self.minutes, percent, self.hours)


def terms_of(stage: str, severity: str, tenant_id: UUID) -> Terms:
    """One query. A tenant's policy goes before the installation's, and within each the
    severity's before the one for any."""
    first_step = EscalationStep.objects.filter(policy=OuterRef("pk")).order_by("after_percent")
    found = (
        DeadlinePolicy.objects.filter(stage=stage, severity__in={severity, ""})
        .filter(Q(tenant_id=tenant_id) | Q(tenant__isnull=True))
        .select_related("calendar")
        .annotate(first_step=Subquery(first_step.values("after_percent")[:1]))
    )
    policy = max(found, key=lambda one: (one.tenant_id is not None, one.severity), default=None)
    if policy is None:
        return _products_own(stage, severity)
    return Terms(
        minutes=policy.minutes,
        at_risk_percent=policy.at_risk_percent,
        hours=working_hours(policy.calendar),
        first_step=policy.first_step,
        policy=policy,
    )


def steps_of(policies: Iterable[UUID]) -> dict[UUID, tuple[Step, ...]]:
    """The escalation steps of policies, in the order in which they come."""
    steps: dict[UUID, list[Step]] = {pk: [] for pk in policies}
    for row in EscalationStep.objects.filter(policy__in=steps).order_by("after_percent", "kind"):
        steps[row.policy_id].append(Step(row.kind, row.after_percent, row.address))
    return {pk: tuple(found) for pk, found in steps.items()}


def own_steps(stage: str, severity: str) -> tuple[Step, ...]:
    """The product's own steps for a stage, which count while no policy does."""
    return tuple(Step(EscalationKind(kind), percent) for kind, percent in _own(stage, severity))


def working_hours(calendar: BusinessCalendar | None) -> WorkingHours | None:
    """None, round the clock, without a calendar."""
    if calendar is None:
        return None
    return WorkingHours(
        timezone=calendar.timezone,
        weekdays=frozenset(calendar.weekdays),
        opens=calendar.opens,
        closes=calendar.closes,
        country=calendar.country,
        subdivision=calendar.subdivision,
        days_off=frozenset(date.fromisoformat(day) for day in calendar.days_off),
    )


def moment(
    started_at: datetime,
    minutes: int,
    percent: int,
    hours: WorkingHours | None,
    paused: timedelta = timedelta(0),
) -> datetime:
    """When `percent` of `minutes` are over, `paused` working time not counted.

    What is saved is checked to have that much working time. Should a holiday law take it away
    later, the clock runs round the day rather than never.
    """
    work = timedelta(minutes=minutes) * percent / 100 + paused
    try:
        return due_after(started_at, work, hours)
    except NoWorkingTime:
        return due_after(started_at, work, None)


def _products_own(stage: str, severity: str) -> Terms:
    values = _default(stage, severity)
    steps = _own(stage, severity)
    return Terms(
        minutes=values["minutes"],
        at_risk_percent=AT_RISK_PERCENT,
        hours=None,
        first_step=min((percent for _, percent in steps), default=None),
        policy=None,
    )


def _own(stage: str, severity: str) -> tuple[tuple[str, int], ...]:
    return tuple(_default(stage, severity)["steps"])


def _default(stage: str, severity: str) -> dict[str, Any]:
    fitting = [
        values
        for values in POLICIES
        if values["stage"] == stage and values["severity"] in (severity, "")
    ]
    return max(fitting, key=lambda values: str(values["severity"]))
