"""No silence: a reporter whose promise passed gets an honest status, and the next promise."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Model

from bridge.states import SignalType
from incidents.models import Incident, Intake
from incidents.promises import next_word_about, promise_next_update
from incidents.services.tell_reporter import (
    NO_NEWS,
    answer_reporter,
    tell_reporter_from_desk,
)
from incidents.states import ENDED, IntakeStatus, WithWhom
from kernel import clock
from kernel.clock import isoformat

log = structlog.get_logger(__name__)

# One pass takes so many; after a long outage the next passes go on.
BATCH = 500


def keep_promises() -> int:
    """How many reporters' promises were renewed in this pass, oldest first."""
    now = clock.now()
    return _each(Incident, _about_case, now) + _each(Intake, _about_report, now)


def _each(model: type[Model], keep: Callable[[UUID, datetime], bool], now: datetime) -> int:
    passed = model._default_manager.filter(next_update_due_at__lte=now)
    kept = 0
    for pk in list(passed.order_by("next_update_due_at").values_list("pk", flat=True)[:BATCH]):
        try:
            kept += keep(pk, now)
        except Exception:
            log.exception("promise.not_kept", subject=str(pk))
    return kept


@transaction.atomic
def _about_case(pk: UUID, now: datetime) -> bool:
    """A case that somebody holds right now is moved by whoever holds it."""
    incident = (
        Incident.objects.select_for_update(of=("self",), skip_locked=True)
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
        Intake.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=pk, next_update_due_at__lte=now)
        .first()
    )
    if intake is None:
        return False
    intake.next_update_due_at = next_word_about(intake)
    intake.save(update_fields=["next_update_due_at"])
    due = isoformat(intake.next_update_due_at)
    if due is None:
        return True  # somebody classified it, and said so
    held = ", held with others of yours" if intake.status == IntakeStatus.HELD else ""
    tell_reporter_from_desk(
        intake,
        signal_type=SignalType.STATUS,
        text=f"Your report is with the desk{held}: nobody has classified it yet. You hear again "
        f"by {due}.",
        outcome=NO_NEWS,
        status=intake.status,
        next_update_due_at=due,
    )
    return True
