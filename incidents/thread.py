"""What was said about a case, as entries of its timeline: who to whom, never the words."""

from typing import Any
from uuid import UUID

from access.models import Persona
from bridge.models import Signal
from incidents.models import ClassificationRow, Incident, Intake, TimelineEntry
from incidents.timeline import note
from kernel.clock import isoformat
from kernel.principals import Principal


def note_delivered(signal: Signal) -> None:
    """Every signal of a case's thread is an entry; called in the transaction of the send.

    One indexed query tells whether the thread is a case's; a signal that opens a thread asks none.
    """
    if signal.in_reply_to_id is None:
        return
    found = (
        Intake.objects.filter(signal_id=signal.thread_id)
        .values_list("reporter_id", "joined_id", "incident__pk")
        .first()
    )
    if found is None:
        return
    reporter_id, joined, own = found
    case = joined or own
    if case is not None:
        _message(signal, case, reporter_id).save(force_insert=True)


def note_thread(incident: Incident, intake: Intake) -> None:
    """What was said in a report's thread before it came to the case: the report itself, and
    questions about it. In the caller's transaction, when it comes to the case; one that had left
    the case and is back is not told twice."""
    told = _told(incident) if intake.classifications.exists() else set()
    said = Signal.objects.filter(tenant_id=intake.tenant_id, thread_id=intake.signal_id)
    for signal in said.select_related("sender", "recipient").order_by("id"):
        if str(signal.pk) not in told:
            _message(signal, incident.pk, intake.reporter_id).save(force_insert=True)


def _told(incident: Incident) -> set[str]:
    """The signals that stand in the stream already."""
    details = incident.timeline.filter(event="message").values_list("detail", flat=True)
    return {str(detail["signal_id"]) for detail in details}


def note_signal(incident: Incident, signal: Signal) -> None:
    """A signal about the case outside of its thread; in the caller's transaction."""
    _message(signal, incident.pk, incident.reporter_id).save(force_insert=True)


def note_classified(row: ClassificationRow, *, by: Principal) -> None:
    """A classification of a report that is, or was, a case's; in the caller's transaction."""
    for incident in Incident.objects.filter(intake_id=row.intake_id):
        note(
            incident,
            "classified",
            by=by,
            classification=row.classification,
            rule=row.rule,
            intake_id=str(row.intake_id),
        )


def _message(signal: Signal, incident_pk: UUID, reporter_id: UUID | None) -> TimelineEntry:
    detail: dict[str, Any] = {
        "direction": _direction(signal, reporter_id),
        "signal_id": str(signal.pk),
        "signal_type": signal.signal_type,
        "sender": _role(signal.sender, reporter_id),
        "recipient": _role(signal.recipient, reporter_id),
        "payload_sha256": signal.payload_sha256,
        "sent_at": isoformat(signal.created_at),
    }
    return TimelineEntry(
        tenant_id=signal.tenant_id,
        incident_id=incident_pk,
        event="message",
        actor=f"{signal.from_identity}@{signal.from_pid}"[:200],
        detail=detail,
    )


def _direction(signal: Signal, reporter_id: UUID | None) -> str:
    if signal.sender_id == reporter_id:
        return "from_reporter"
    return "to_reporter" if signal.recipient_id == reporter_id else "internal"


def _role(persona: Persona, reporter_id: UUID | None) -> str:
    """Whom somebody is to the case; no name."""
    if persona.pk == reporter_id:
        return "reporter"
    return persona.duty or "agent"
