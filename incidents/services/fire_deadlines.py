"""The sweep's part of the clocks: mark what is at risk and what is breached, take the steps that
are due. Exactly once, though two sweeps run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from incidents.deadlines.clocks import facts_of, moment_of
from incidents.deadlines.kept import kept
from incidents.deadlines.policies import Step
from incidents.models import Deadline, Escalation, Incident, Intake
from incidents.services.escalate import escalate
from incidents.states import DeadlineState
from incidents.timeline import note_beside
from kernel import clock
from kernel.principals import SystemPrincipal

log = structlog.get_logger(__name__)

BATCH = 500
_BY = SystemPrincipal("sweep")


@dataclass
class Look:
    """What one look at a clock found."""

    deadline: Deadline
    events: list[str]
    due: list[Step]


def fire_deadlines() -> int:
    """How many clocks moved. The work is bounded by what is due, the memory by a batch."""
    now = clock.now()
    moved = 0
    after: tuple[datetime, UUID] | None = None
    while batch := _due(now, after):
        after = batch[-1]
        moved += _fire_or_single_out([pk for _, pk in batch], now)
    return moved


def _due(now: datetime, after: tuple[datetime, UUID] | None) -> list[tuple[datetime, UUID]]:
    due = Deadline.objects.filter(state=DeadlineState.OPEN, next_step_at__lte=now)
    if after is not None:
        moment_of_last, last = after
        due = due.filter(next_step_at__gte=moment_of_last).filter(
            Q(next_step_at__gt=moment_of_last) | Q(pk__gt=last)
        )
    rows = due.order_by("next_step_at", "pk").values_list("next_step_at", "pk")[:BATCH]
    return [(at, pk) for at, pk in rows if at is not None]


def _fire_or_single_out(ids: list[UUID], now: datetime) -> int:
    """One clock that cannot be fired must not keep the others of its batch from it."""
    try:
        return _fire(ids, now)
    except Exception:
        if len(ids) == 1:
            log.exception("deadline.not_fired", deadline_id=str(ids[0]))
            return 0
        log.warning("deadlines.fired_one_by_one", count=len(ids), exc_info=True)
    return sum(_fire_or_single_out([pk], now) for pk in ids)


@transaction.atomic
def _fire(ids: list[UUID], now: datetime) -> int:
    """Subjects before clocks, and nothing that is locked elsewhere is waited for: whoever holds
    it moves the clock, or the next pass comes by."""
    clocks = Deadline.objects.filter(pk__in=ids)
    incidents = {
        one.pk: one
        for one in Incident.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk__in=clocks.values("incident_id"))
        .only("pk", "tenant_id", "incident_id")
        .order_by("pk")
    }
    intakes = set(
        Intake.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk__in=clocks.values("intake_id"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    rows = (
        clocks.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("policy__calendar")
        .filter(state=DeadlineState.OPEN, next_step_at__lte=now)
        .order_by("pk")
    )
    held = [one for one in rows if one.incident_id in incidents or one.intake_id in intakes]
    for one in held:
        if one.incident_id is not None:
            one.incident = incidents[one.incident_id]
    looks = _look_at(held, now)
    Deadline.objects.bulk_update(held, ["was_at_risk", "breached_at", "next_step_at"])
    fired = escalate([(look.deadline, step) for look in looks for step in look.due], now)
    note_beside(_entries(looks, fired), by=_BY)
    return len(held)


def _look_at(held: list[Deadline], now: datetime) -> list[Look]:
    taken = set(
        Escalation.objects.filter(deadline__in=[one.pk for one in held]).values_list(
            "deadline_id", "kind", "after_percent"
        )
    )
    looks = []
    for one in held:
        terms = kept(one)
        steps = [
            (moment_of(one, terms, step.after_percent), step)
            for step in terms.steps
            if (one.pk, step.kind, step.after_percent) not in taken
        ]
        looks.append(_look(one, steps, now))
    return looks


def _look(deadline: Deadline, steps: Iterable[tuple[datetime, Step]], now: datetime) -> Look:
    """Set the marks and when to look again; the steps that are due."""
    events, due, later = [], [], []
    if now >= deadline.due_at and deadline.breached_at is None:
        deadline.breached_at = deadline.due_at
        events.append("deadline_breached")
    elif now >= deadline.at_risk_at and not deadline.was_at_risk:
        events.append("deadline_at_risk")
    deadline.was_at_risk = deadline.was_at_risk or now >= deadline.at_risk_at
    later += [at for at in (deadline.at_risk_at, deadline.due_at) if at > now]
    for at, step in steps:
        if at <= now:
            due.append(step)
        else:
            later.append(at)
    deadline.next_step_at = min(later, default=None)
    return Look(deadline, events, due)


def _entries(
    looks: list[Look], fired: list[Escalation]
) -> Iterable[tuple[Incident, str, dict[str, Any]]]:
    """In the order in which they read: first what happened, then what was done about it."""
    for look in looks:
        if look.deadline.incident is not None:
            for event in look.events:
                yield look.deadline.incident, event, facts_of(look.deadline)
    for one in fired:
        deadline = one.deadline
        if deadline.incident is not None:
            facts = {"kind": one.kind, "after_percent": one.after_percent}
            yield deadline.incident, "escalated", {**facts_of(deadline), **facts}
