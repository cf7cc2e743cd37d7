"""An operator asks Clara for another revision."""

from uuid import UUID

from django.db import transaction

from access.models import User
from incidents.states import WithWhom
from incidents.timeline import note
from kernel.errors import invalid
from kernel.ledger import record as record_fact
from phonehome.models import PhoneHomeRecord
from phonehome.services.decide import packet_for_decision, write_review
from phonehome.services.tell_clara import tell_clara
from phonehome.states import Decision, ReviewSurface


@transaction.atomic
def request_changes(
    *, record_id: UUID, seen_digest: str, by: User, surface: ReviewSurface, notes: str
) -> PhoneHomeRecord:
    """The packet, waiting for a new revision. Raises what packet_for_decision raises, and
    invalid_request when the notes do not say what to change."""
    if not notes.strip():
        raise invalid(notes="Say what to change.")
    record, revision = packet_for_decision(record_id, seen_digest, by)
    write_review(
        record,
        revision,
        by=by,
        decision=Decision.CHANGES_REQUESTED,
        surface=surface,
        notes=notes.strip(),
    )
    record.request_changes()
    record.save(update_fields=["status"])
    record_fact(
        "phonehome.packet.changes_requested",
        by=by,
        subject=record,
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
    )
    note(
        record.incident,
        "packet_changes_requested",
        by=by,
        with_whom=WithWhom.INCIDENT_MANAGER,
        record_id=str(record.pk),
        revision=revision.number,
    )
    tell_clara(record, event="packet_changes_requested", notes=notes.strip())
    return record
