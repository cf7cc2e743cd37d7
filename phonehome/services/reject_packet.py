"""An operator refuses a packet; nothing leaves, and the reporter hears of it."""

from uuid import UUID

from django.db import transaction

from access.models import User
from incidents.services.tell_reporter import tell_reporter
from incidents.states import WithWhom
from incidents.timeline import note
from kernel.errors import invalid
from kernel.ledger import record as record_fact
from phonehome.models import PhoneHomeRecord
from phonehome.services.decide import packet_for_decision, write_review
from phonehome.services.tell_clara import tell_clara
from phonehome.states import Decision, RejectReason, ReviewSurface


@transaction.atomic
def reject_packet(
    *,
    record_id: UUID,
    seen_digest: str,
    by: User,
    surface: ReviewSurface,
    reason_code: str = RejectReason.OTHER,
    notes: str = "",
) -> PhoneHomeRecord:
    """The packet, rejected. Clara gets the note, the reporter only the enumerated reason.

    Raises what packet_for_decision raises; invalid_request for an unknown or missing reason.
    """
    if reason_code not in RejectReason.values:
        raise invalid(reason_code=f"One of {', '.join(RejectReason.values)}.")
    if reason_code == RejectReason.OTHER and not notes.strip():
        raise invalid(notes="Say why.")
    record, revision = packet_for_decision(record_id, seen_digest, by)
    write_review(
        record,
        revision,
        by=by,
        decision=Decision.REJECTED,
        surface=surface,
        notes=notes.strip(),
        reason_code=reason_code,
    )
    record.reject()
    record.save(update_fields=["status"])
    record_fact(
        "phonehome.packet.rejected",
        by=by,
        subject=record,
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
        reason_code=reason_code,
    )
    incident = record.incident
    note(
        incident,
        "packet_rejected",
        by=by,
        with_whom=WithWhom.REPORTER,
        record_id=str(record.pk),
        revision=revision.number,
        reason_code=reason_code,
    )
    tell_clara(record, event="packet_rejected", reason_code=reason_code, notes=notes.strip())
    tell_reporter(
        incident,
        outcome="not_filed",
        text=f"{incident.incident_id} is not filed with the product team: "
        f"{_said(reason_code)}. It stays with the care desk; reply to this signal to go on "
        "with it.",
        reason=reason_code,
    )
    return record


def _said(reason_code: str) -> str:
    if reason_code == RejectReason.OTHER:
        return "an operator decided so"
    return RejectReason(reason_code).label.lower()
