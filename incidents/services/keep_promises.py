"""No silence: a reporter whose promise passed gets an honest status, and the next promise."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Model, Q

from bridge.states import SignalType
from incidents.models import Incident, Intake
from incidents.promises import next_word_about, promise_next_update
from incidents.services.tell_reporter import (
    NO_NEWS,
    answer_reporter,
    tell_reporter_from_desk,
)
from incidents.states import ENDED, WAITING, IntakeStatus, WithWhom
from kernel import clock
from kernel.clock import isoformat

log = structlog.get_logger(__name__)

# One pass takes so many; after a long outage the next passes go on.
BATCH = 500
TOGETHER = 5000


def keep_promises() -> int:
    """How many reporters' promises were renewed in this pass, oldest first."""
    now = clock.now()
    return _each(Incident, _about_case, now) + _each(Intake, _about_report, now)


def _each(model: type[Model], keep: Callable[[UUID, datetime], bool], now: datetime) -> int:
    """What cannot be kept is gone past: it takes no part of the pass away from the others."""
    kept = 0
    after: tuple[datetime, UUID] | None = None
    while page := _passed(model, now, after, BATCH - kept):
        after = page[-1]
        for _, pk in page:
            try:
                kept += keep(pk, now)
            except Exception:
                log.exception("promise.not_kept", subject=str(pk))
    return kept


def _passed(
    model: type[Model], now: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[datetime, UUID]]:
    passed = model._default_manager.filter(next_update_due_at__lte=now)
    if after is not None:
        moment_of_last, last = after
        passed = passed.filter(next_update_due_at__gte=moment_of_last).filter(
            Q(next_update_due_at__gt=moment_of_last) | Q(pk__gt=last)
        )
    rows = passed.order_by("next_update_due_at", "pk").values_list("next_update_due_at", "pk")
    return list(rows[:limit])


@transaction.atomic
def _about_case(pk: UUID, now: datetime) -> bool:
    """A case that somebody holds right now is moved by whoever holds it."""
    incident = (
        Incident.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("intake")
        .filter(pk=pk, next_update_due_at__lte=now)
        .first()
    )
    if incident is None:
        return False
    promise_next_update(incident)
    if incident.status in ENDED:
        return True
    since, due = isoformat(incident.last_update_at), isoformat(incident.next_update_due_at)
    whom = WithWhom(incident.with_whom)
    answer_reporter(
        incident,
        outcome=NO_NEWS,
        signal_type=SignalType.STATUS,
        text=f"No news of {incident.incident_id}: it is {incident.get_status_display()}, with "
        f"{whom.label}, and has not moved since {since}. You hear again by {due}.",
        status=incident.status,
        since=since,
        next_update_due_at=due,
        **{"with": whom.value},
    )
    return True


@transaction.atomic
def _about_report(pk: UUID, now: datetime) -> bool:
    intake = (
        Intake.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=pk, next_update_due_at__lte=now)
        .first()
    )
    if intake is None:
        return False
    promised = next_word_about(intake)
    together = [intake.pk, *_of_the_same_storm(intake, now)]
    Intake.objects.filter(pk__in=together).update(next_update_due_at=promised)
    due = isoformat(promised)
    if due is None:
        return True  # somebody classified it, and said so
    more = f" and {len(together) - 1} more of yours are" if together[1:] else " is"
    held = ", held" if intake.status == IntakeStatus.HELD else ""
    tell_reporter_from_desk(
        intake,
        signal_type=SignalType.STATUS,
        text=f"Your report{more} with the desk{held}: nobody has classified it yet. You hear again "
        f"by {due}.",
        outcome=NO_NEWS,
        status=intake.status,
        reports=len(together),
        next_update_due_at=due,
    )
    return True


def _of_the_same_storm(intake: Intake, now: datetime) -> list[UUID]:
    """The other reports of its storm that wait for a word too: one word is about all of them."""
    if intake.storm_id is None or intake.status not in WAITING:
        return []
    others = Intake.objects.filter(
        storm_id=intake.storm_id, status=intake.status, next_update_due_at__lte=now
    ).exclude(pk=intake.pk)
    locked = others.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
    return list(locked.values_list("pk", flat=True)[:TOGETHER])
