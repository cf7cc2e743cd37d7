"""What a reporter's reply in the thread of its report means for the case; in the transaction of
the send."""

from django.db import transaction

from access.states import PersonaDuty
from bridge.models import Signal
from bridge.states import SignalType
from incidents.answering import says_not_the_same
from incidents.desk.status_questions import asks_for_status
from incidents.locks import lock_incident
from incidents.models import Incident, Intake
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.services.reopen_incident import reopen_incident
from incidents.services.tell_desk import tell_desk
from incidents.sightings import lock_incident_showing, plans_shown, said_in
from incidents.states import IncidentStatus
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import SystemPrincipal

# With these a reporter asks for something; the rest is said, and Clara reads it.
_ASKS = (SignalType.QUESTION, SignalType.TASK)


def hear_reply(signal: Signal) -> None:
    """Registered with `bridge.hooks.on_delivered`, after what Sage answers at once.

    A Question or Task about a closed case opens it again, and whatever a reporter says may show a
    path that was retired. What was taken in as a report of its own is none of this case. One
    indexed query for a reply of anybody else.
    """
    if signal.in_reply_to_id is None or signal.intake_id is not None:
        return
    intake = (
        Intake.objects.select_related("joined", "incident")
        .filter(signal_id=signal.thread_id, reporter_id=signal.sender_id)
        .first()
    )
    case = _case_of(intake) if intake is not None else None
    if case is None or _is_answered(signal):
        return
    shown = said_in(signal.payload)
    asks_again = signal.signal_type in _ASKS and case.status == IncidentStatus.CLOSED
    if not asks_again and not plans_shown(case.tenant_id, shown):
        return
    case = lock_incident_showing(case.incident_id, case.tenant_id, shown)
    asks_again = asks_again and case.status == IncidentStatus.CLOSED
    if asks_again:
        _reopen(case, signal)
    # What was retired by the case itself is its subject, until it is said to be back.
    notice_retired_paths(case, at=signal.created_at, texts=shown, own=asks_again)


def _case_of(intake: Intake) -> Incident | None:
    return intake.joined or getattr(intake, "incident", None)


def _is_answered(signal: Signal) -> bool:
    """Sage has its own word for these."""
    return says_not_the_same(signal) or asks_for_status(signal.payload)


def _reopen(case: Incident, signal: Signal) -> None:
    """What upstairs cannot let the case go is for Clara: the reply has arrived all the same."""
    by = SystemPrincipal("desk", case.tenant_id)
    reason = f"Its reporter says in signal {signal.pk} that it shows again."
    refusal = ""
    try:
        with transaction.atomic():
            again = lock_incident(case.incident_id, case.tenant_id)
            reopen_incident(
                again, reason=reason, by=by, before=case.status, signal_id=str(signal.pk)
            )
            record(
                "incidents.incident.moved",
                by=by,
                subject=again,
                before=case.status,
                to=again.status,
                reason=reason,
            )
    except CareError as error:
        refusal = error.code
    state = "could not be opened again" if refusal else "is open again"
    tell_desk(
        PersonaDuty.INCIDENT_MANAGER,
        case.tenant_id,
        category="incident",
        text=f"{case.incident_id} {state}: its reporter says that it shows again.",
        incident_id=case.incident_id,
        outcome="reopening_refused" if refusal else "reopened",
        reply=str(signal.pk),
        **({"code": refusal} if refusal else {}),
    )
