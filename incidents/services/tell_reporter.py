"""Answer the agent who reported, in the thread of its first signal."""

from typing import Any
from uuid import UUID

from django.db import transaction

from access.errors import DESK_UNSTAFFED
from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.errors import TARGET_NOT_FOUND
from bridge.models import Signal
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.models import Incident, Intake
from incidents.promises import promise_next_update
from incidents.states import IntakeStatus
from incidents.timeline import note
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

NO_NEWS = "no_news"  # the outcome of a word that comes by itself, again and again
UNREACHABLE = "reporter_unreachable"


def tell_reporter(incident: Incident, *, outcome: str, text: str, **facts: Any) -> Signal | None:
    """Clara's reply to the report; in the caller's transaction (seed 000 §8).

    `outcome` is enumerated, `text` is a sentence of the product's own, `facts` hold nothing that a
    person has not released. A reporter that is gone must not hold up the case: the timeline says
    that it could not be told, and None comes back.
    """
    promise_next_update(incident)
    return answer_reporter(incident, outcome=outcome, text=text, **facts)


def answer_reporter(
    incident: Incident,
    *,
    outcome: str,
    text: str,
    signal_type: SignalType = SignalType.ANSWER,
    **facts: Any,
) -> Signal | None:
    """`tell_reporter` without a new promise: the caller has made one."""
    by = SystemPrincipal("desk", incident.tenant_id)
    if incident.intake is None:
        return None  # imported: nobody of ours reported it
    _tell_repeats(incident, signal_type, outcome=outcome, text=text, **facts)
    try:
        with transaction.atomic():
            return send_signal(
                sender=holder_of(PersonaDuty.INCIDENT_MANAGER, incident.tenant_id),
                by=by,
                in_reply_to=incident.intake.signal_id,
                signal_type=signal_type,
                category="incident",
                payload={
                    "text": text,
                    "incident_id": incident.incident_id,
                    "outcome": outcome,
                    **facts,
                },
            )
    except CareError as error:
        if not _may_go_untold(error, outcome):
            raise
    if outcome != NO_NEWS or not incident.timeline.filter(event=UNREACHABLE).exists():
        note(incident, UNREACHABLE, by=by, outcome=outcome)
    return None


def tell_reporter_from_desk(
    intake: Intake, *, signal_type: SignalType, text: str, **facts: Any
) -> Signal | None:
    """Sage's reply to a report; in the caller's transaction. None for a reporter that is gone,
    or a word that comes by itself where nobody holds the desk."""
    try:
        with transaction.atomic():
            return send_signal(
                sender=holder_of(PersonaDuty.INTAKE_DESK, intake.tenant_id),
                by=SystemPrincipal("desk", intake.tenant_id),
                in_reply_to=intake.signal_id,
                signal_type=signal_type,
                category="intake",
                payload={"text": text, "intake_id": str(intake.id), **facts},
            )
    except CareError as error:
        if not _may_go_untold(error, facts.get("outcome")):
            raise
    return None


def _may_go_untold(error: CareError, outcome: str | None) -> bool:
    """A reporter that is gone holds up nothing, and a desk that nobody holds not the word that
    comes by itself: the promise has to go on."""
    if outcome == NO_NEWS and error.code == DESK_UNSTAFFED.code:
        return True
    return error.code == TARGET_NOT_FOUND.code


def _tell_repeats(
    incident: Incident, signal_type: SignalType, *, outcome: str, text: str, **facts: Any
) -> None:
    """The same word to everybody else whose report joined the case, in the thread of its own
    first one; Sage says it, who joined them."""
    others = incident.repeats.filter(status=IntakeStatus.JOINED).exclude(
        reporter_id=incident.reporter_id
    )
    first: dict[UUID, Intake] = {}
    for intake in others.order_by("id"):
        first.setdefault(intake.reporter_id, intake)
    for intake in first.values():
        tell_reporter_from_desk(
            intake,
            signal_type=signal_type,
            text=text,
            incident_id=incident.incident_id,
            outcome=outcome,
            **facts,
        )
