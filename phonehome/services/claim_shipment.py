"""Claim a shipment: check the approval again, take the lease, commit."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django_fsm import can_proceed

from incidents.states import WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.ledger import record as record_fact
from kernel.principals import SystemPrincipal
from phonehome.errors import OPERATOR_REVIEW_REQUIRED
from phonehome.locks import lock_packet
from phonehome.models import Attempt, PacketRevision, PhoneHomeRecord, Shipment
from phonehome.selectors import open_questions
from phonehome.services.note_attempt import note_attempt
from phonehome.services.tell_clara import tell_clara
from phonehome.services.write_revision import recomputed_digest
from phonehome.states import AttemptOutcome, AttemptPhase, Decision, PacketStatus, ShipmentState


@dataclass(frozen=True)
class Claim:
    """A shipment this worker owns until its lease ends."""

    shipment_id: UUID
    record_id: UUID
    attempt_id: UUID
    lease_token: UUID
    revision: PacketRevision
    marker: str
    tenant_id: UUID


def this_host() -> str:
    """The machine's name, as `Attempt.worker` begins with it."""
    return socket.gethostname()[:150]


def due_shipments(now: datetime) -> QuerySet[Shipment]:
    """Queued ones whose time has come, and claimed ones whose worker's lease has passed."""
    return Shipment.objects.filter(
        Q(state=ShipmentState.QUEUED, not_before__lte=now)
        | Q(state=ShipmentState.CLAIMED, lease_until__lt=now)
    ).order_by("not_before")


@transaction.atomic
def claim_shipment(shipment_id: UUID) -> Claim | None:
    """The claim, or None when there is nothing to do: not due, owned by another worker, void.

    A shipment without a matching approval is never claimed (SPEC-115: operator review is
    required): the packet says so and waits for a person.
    """
    now = clock.now()
    known = Shipment.objects.filter(pk=shipment_id).values_list("record_id", flat=True).first()
    if known is None:
        return None
    # The packet's row first, as every other service does, so that two of them cannot deadlock.
    record = lock_packet(known)
    shipment = (
        due_shipments(now)
        .select_for_update(of=("self",), no_key=True)
        .select_related("review")
        .filter(pk=shipment_id)
        .first()
    )
    if shipment is None:
        return None
    revision = record.revisions.filter(number=record.revision).first()
    if revision is None or not _approved(record, shipment, revision):
        _refuse(record, shipment)
        return None
    _close_abandoned(shipment, now)
    shipment.state = ShipmentState.CLAIMED
    shipment.lease_token = uuid4()
    shipment.lease_until = now + timedelta(seconds=settings.PHONE_HOME_LEASE_SECONDS)
    shipment.attempts_made += 1
    shipment.save(update_fields=["state", "lease_token", "lease_until", "attempts_made"])
    record.begin_shipping()
    record.save(update_fields=["status"])
    attempt = Attempt.objects.create(
        shipment=shipment,
        number=shipment.attempts_made,
        worker=f"{this_host()}:{os.getpid()}",
        transport="",
        started_at=now,
    )
    note_attempt(attempt.pk)
    return Claim(
        shipment_id=shipment.pk,
        record_id=record.pk,
        attempt_id=attempt.pk,
        lease_token=shipment.lease_token,
        revision=revision,
        marker=record.marker,
        tenant_id=record.tenant_id,
    )


def _approved(record: PhoneHomeRecord, shipment: Shipment, revision: PacketRevision) -> bool:
    """The approval is of this packet, this revision, and of the digest as it is recomputed now."""
    review = shipment.review
    return (
        record.status
        in (
            PacketStatus.APPROVED,
            PacketStatus.SHIPPING,
            PacketStatus.SHIP_FAILED,
            PacketStatus.OUTCOME_UNKNOWN,
        )
        and review.decision == Decision.APPROVED
        and review.record_id == record.pk
        and review.revision == revision.number
        and review.packet_sha256
        == revision.packet_sha256
        == recomputed_digest(revision, record.incident.incident_id)
    )


def _refuse(record: PhoneHomeRecord, shipment: Shipment) -> None:
    """Nothing is sent. The packet fails with the code, open for a new revision; where an earlier
    try may have filed it, its outcome stays unknown and a person decides."""
    unknown = open_questions(record.pk).exists()
    shipment.state = ShipmentState.WAITING if unknown else ShipmentState.CANCELLED
    shipment.lease_token = shipment.lease_until = None
    shipment.save(update_fields=["state", "lease_token", "lease_until"])
    record_fact(
        f"refused.{OPERATOR_REVIEW_REQUIRED.code}",
        by=SystemPrincipal("shipping", record.tenant_id),
        subject=record,
        shipment=str(shipment.pk),
        message="The approval does not match what would be sent; nothing was sent.",
    )
    if not can_proceed(record.begin_shipping):
        return
    try:
        with transaction.atomic():
            _fail(record, unknown=unknown)
    except IntegrityError:
        # The database does not know of an approval either: the status is not ours to change.
        return


def _fail(record: PhoneHomeRecord, *, unknown: bool) -> None:
    record.begin_shipping()
    record.save(update_fields=["status"])
    if unknown:
        record.lose_sight()
    else:
        record.fail()
    record.error_code = OPERATOR_REVIEW_REQUIRED.code
    record.error_message = "The approval does not match what would be sent. Stage a new revision."
    record.save(update_fields=["status", "error_code", "error_message"])
    note(
        record.incident,
        "shipment_refused",
        by=SystemPrincipal("shipping", record.tenant_id),
        with_whom=WithWhom.INCIDENT_MANAGER,
        record_id=str(record.pk),
        code=OPERATOR_REVIEW_REQUIRED.code,
    )
    tell_clara(record, event="shipment_refused", code=OPERATOR_REVIEW_REQUIRED.code)


def _close_abandoned(shipment: Shipment, now: datetime) -> None:
    """An attempt whose worker died stays as it was left, marked as lost."""
    left = shipment.attempts.filter(phase__in=[AttemptPhase.CLAIMED, AttemptPhase.CREATING])
    newly_lost = list(left.filter(outcome="").values_list("pk", flat=True))
    left.update(
        outcome=AttemptOutcome.LOST,
        finished_at=now,
        message="Its worker stopped or lost its lease.",
    )
    for attempt_id in newly_lost:
        note_attempt(attempt_id)
