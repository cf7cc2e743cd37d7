"""Replace a packet's content by a new revision, back in review."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from access import policy
from incidents.deadlines.clocks import start_deadline
from incidents.states import Stage, WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.errors import STALE_REVISION, CareError
from kernel.ledger import record as record_fact
from kernel.principals import Principal
from phonehome.carving import customer_side
from phonehome.errors import NOT_REVISABLE
from phonehome.locks import lock_packet
from phonehome.models import PacketRevision, PhoneHomeRecord, Shipment
from phonehome.proving import sections_behind
from phonehome.selectors import open_questions
from phonehome.services.write_revision import Content, write_revision
from phonehome.states import REVISABLE, PacketStatus, ShipmentState


@transaction.atomic
def revise_packet(
    *,
    record_id: UUID,
    seen_digest: str,
    content: Content,
    by: Principal,
    tenant_id: UUID | None = None,
) -> PhoneHomeRecord:
    """The packet with its next revision. An approval of an earlier one is void.

    Raises not_found, stale_revision, phone_home_not_revisable, and what write_revision raises.
    """
    policy.require(by, "phonehome.packet.revise")
    record = lock_packet(record_id, tenant_id)
    current = record.current
    if current.packet_sha256 != seen_digest:
        raise CareError(STALE_REVISION, details={"revision": record.revision})
    if record.status not in REVISABLE:
        raise CareError(NOT_REVISABLE, message=f"This packet is {record.get_status_display()}.")
    if may_have_left(record):
        raise CareError(NOT_REVISABLE, message="An earlier try may have filed it already.")
    was = record.status
    cancel_shipments(record)
    content = _still_behind(content, current)
    revision = write_revision(record, content, number=record.revision + 1, by=by)
    if was != PacketStatus.PENDING:
        record.return_to_review()
    record.revision = revision.number
    record.review_due_at = clock.now() + timedelta(hours=settings.PHONE_HOME_REVIEW_HOURS)
    record.error_code = record.error_message = ""
    record.save(
        update_fields=["status", "revision", "review_due_at", "error_code", "error_message"]
    )
    record_fact(
        "phonehome.packet.revised",
        by=by,
        subject=record,
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
        voided_approval=was in (PacketStatus.APPROVED, PacketStatus.SHIP_FAILED),
    )
    note(
        record.incident,
        "packet_staged",
        by=by,
        with_whom=WithWhom.OPERATOR,
        record_id=str(record.pk),
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
    )
    start_deadline(record.incident, Stage.OPERATOR_REVIEW, ref=str(record.pk))
    return record


def _still_behind(content: Content, current: PacketRevision) -> Content:
    """Words that name no customer section leave what was carved out where it is: leaving a
    section out does not make it the product's."""
    if content.complete_sections or customer_side(content.sections):
        return content
    return replace(content, behind=sections_behind(current))


def cancel_shipments(record: PhoneHomeRecord) -> None:
    """Take the outbox row of a void approval away from the workers; in the caller's transaction.

    The record's row is locked and its status is not `shipping`, so no worker holds a lease.
    """
    Shipment.objects.filter(record=record).exclude(
        state__in=[ShipmentState.DONE, ShipmentState.CANCELLED]
    ).update(state=ShipmentState.CANCELLED, lease_token=None, lease_until=None)


def may_have_left(record: PhoneHomeRecord) -> bool:
    """Whether a try went as far as creating and is not known to have failed."""
    return open_questions(record.pk).exists()
