"""Which policy counts, as it stands now: the most particular one, else the product's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q

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
    """How long a stage may take, in minutes of working time, when it is at risk, and the
    escalation steps in the order in which they come."""

    minutes: int
    at_risk_percent: int
    hours: WorkingHours | None
    steps: tuple[Step, ...]
    policy: DeadlinePolicy | None

    def moment(
        self, started_at: datetime, percent: int, paused: timedelta = timedelta(0)
    ) -> datetime:
        return moment(started_at, self.minutes, percent, self.hours, paused)


def terms_of(stage: str, severity: str, tenant_id: UUID) -> Terms:
    """One query. A tenant's policy goes before the installation's, and within each the
    severity's before the one for any."""
    found = list(
        DeadlinePolicy.objects.filter(stage=stage, severity__in={severity, ""})
        .filter(Q(tenant_id=tenant_id) | Q(tenant__isnull=True))
        .select_related("calendar")
        .annotate(
            step_kind=F("steps__kind"),
            step_percent=F("steps__after_percent"),
            step_address=F("steps__address"),
        )
        .order_by("step_percent", "step_kind")
    )
    policy = max(found, key=lambda one: (one.tenant_id is not None, one.severity), default=None)
    if policy is None:
        return own_terms(stage, severity)
    return Terms(
        minutes=policy.minutes,
        at_risk_percent=policy.at_risk_percent,
        hours=working_hours(policy.calendar),
        # A row of `found` is a policy with one of its steps, or without any.
        steps=tuple(
            Step(one.step_kind, one.step_percent, one.step_address)
            for one in found
            if one.pk == policy.pk and one.step_kind is not None
        ),
        policy=policy,
    )


def steps_of(policies: Iterable[UUID]) -> dict[UUID, tuple[Step, ...]]:
    """The escalation steps of policies, in the order in which they come."""
    steps: dict[UUID, list[Step]] = {pk: [] for pk in policies}
    for row in EscalationStep.objects.filter(policy__in=steps).order_by("after_percent", "kind"):
        steps[row.policy_id].append(Step(row.kind, row.after_percent, row.address))
    return {pk: tuple(found) for pk, found in steps.items()}


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


def own_terms(stage: str, severity: str) -> Terms:
    """The product's own terms for a stage, which count while no policy does."""
    values = _default(stage, severity)
    return Terms(
        minutes=values["minutes"],
        at_risk_percent=AT_RISK_PERCENT,
        hours=None,
        steps=tuple(Step(EscalationKind(kind), percent) for kind, percent in values["steps"]),
        policy=None,
    )


def _default(stage: str, severity: str) -> dict[str, Any]:
    fitting = [
        values
        for values in POLICIES
        if values["stage"] == stage and values["severity"] in (severity, "")
    ]
    return max(fitting, key=lambda values: str(values["severity"]))
