"""What every decision of an operator checks first, and the row it writes."""

from uuid import UUID

from access import policy
from access.models import User
from incidents.deadlines.clocks import meet_deadline
from incidents.states import Stage
from kernel import clock
from kernel.errors import CareError
from phonehome.errors import NOT_IN_REVIEW, PACKET_CHANGED, REVIEW_EXPIRED
from phonehome.locks import lock_packet
from phonehome.models import PacketRevision, PhoneHomeRecord, Review
from phonehome.services.write_revision import recomputed_digest
from phonehome.states import PacketStatus


def packet_for_decision(
    record_id: UUID, seen_digest: str, by: User
) -> tuple[PhoneHomeRecord, PacketRevision]:
    """The packet, locked, and the revision the operator saw.

    Raises operator_required, not_found, phone_home_not_in_review, phone_home_packet_changed,
    phone_home_review_expired.
    """
    policy.require(by, "phonehome.packet.decide")
    record = lock_packet(record_id)
    revision = record.current
    # A raced edit is told apart from a raced decision: the digest is looked at first.
    if revision.packet_sha256 != seen_digest:
        raise CareError(PACKET_CHANGED, details={"revision": record.revision})
    if record.status != PacketStatus.PENDING:
        raise CareError(NOT_IN_REVIEW, message=f"This packet is {record.get_status_display()}.")
    if recomputed_digest(revision, record.incident.incident_id) != seen_digest:
        raise CareError(
            PACKET_CHANGED, message="The stored packet no longer matches its digest; stage it anew."
        )
    if record.review_due_at <= clock.now():
        raise CareError(REVIEW_EXPIRED)
    return record, revision


def write_review(
    record: PhoneHomeRecord,
    revision: PacketRevision,
    *,
    by: User,
    decision: str,
    surface: str,
    notes: str = "",
    reason_code: str = "",
    acknowledged_fields: list[str] | None = None,
) -> Review:
    """The decision's row, which ends the time that the review was given."""
    meet_deadline(record.incident, Stage.OPERATOR_REVIEW, ref=str(record.pk))
    return Review.objects.create(
        tenant_id=record.tenant_id,
        record=record,
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
        decision=decision,
        operator=by,
        operator_name=by.get_username(),
        surface=surface,
        notes=notes,
        reason_code=reason_code,
        acknowledged_fields=acknowledged_fields or [],
    )
