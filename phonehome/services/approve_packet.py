"""An operator approves exactly one revision (seed 000 §6)."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from access.models import User
from incidents.states import WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.errors import CareError
from kernel.ledger import record as record_fact
from kernel.tasks import nudge_on_commit
from phonehome.carving import refuse_overlap
from phonehome.egress import transport_name
from phonehome.errors import RETENTION_UNAPPROVED
from phonehome.models import PhoneHomeRecord, Shipment
from phonehome.proving import standing_of
from phonehome.redacting import scan_outgoing
from phonehome.services.decide import packet_for_decision, write_review
from phonehome.states import Decision, ReviewSurface
from phonehome.tasks import ship

# SPEC-115's own word for it, so that a reader of `operator_review.notes` finds it.
ACKNOWLEDGED = "ack-retained-sensitive"


@transaction.atomic
def approve_packet(
    *,
    record_id: UUID,
    seen_digest: str,
    by: User,
    surface: ReviewSurface,
    acknowledged: Iterable[str] = (),
    notes: str = "",
) -> PhoneHomeRecord:
    """The packet, approved; its outbox row is written in the same transaction.

    Raises what packet_for_decision raises, phone_home_redaction_required (the rules of today find
    a secret), phone_home_carve_out_overlap (a customer section's words are in it),
    phone_home_sensitive_retention_unapproved (a kept field is not acknowledged).
    """
    record, revision = packet_for_decision(record_id, seen_digest, by)
    scan_outgoing(revision.title, revision.body_markdown, revision.labels, record.tenant_id)
    standing = standing_of(revision, record.incident.incident_id)
    if standing is not None:
        refuse_overlap(standing.carved)
    ticked = set(acknowledged)
    missing = [name for name in revision.retained_sensitive_fields if name not in ticked]
    if missing:
        raise CareError(RETENTION_UNAPPROVED, message=f"Not acknowledged: {', '.join(missing)}.")
    kept = list(revision.retained_sensitive_fields)
    review = write_review(
        record,
        revision,
        by=by,
        decision=Decision.APPROVED,
        surface=surface,
        notes=" ".join(part for part in (notes.strip(), ACKNOWLEDGED if kept else "") if part),
        acknowledged_fields=kept,
    )
    record.approve()
    record.save(update_fields=["status"])
    delay_seconds = settings.PHONE_HOME_SHIP_DELAY_SECONDS
    shipment = Shipment.objects.create(
        tenant_id=record.tenant_id,
        record=record,
        review=review,
        transport=transport_name(),
        not_before=clock.now() + timedelta(seconds=delay_seconds),
    )
    record_fact(
        "phonehome.packet.approved",
        by=by,
        subject=record,
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
        surface=surface,
        acknowledged=kept,
    )
    note(
        record.incident,
        "packet_approved",
        by=by,
        with_whom=WithWhom.SHIPPING,
        record_id=str(record.pk),
        revision=revision.number,
        packet_sha256=revision.packet_sha256,
    )
    nudge_on_commit(ship, str(shipment.pk), countdown=delay_seconds)
    return record
