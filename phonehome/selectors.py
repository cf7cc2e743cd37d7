"""Questions about packets."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse

from access.principals import AgentPrincipal
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError
from phonehome.models import Attempt, PacketRevision, PhoneHomeRecord, Review
from phonehome.states import AttemptOutcome, Decision, PacketStatus


def creating_attempts(record_id: UUID) -> QuerySet[Attempt]:
    """Attempts that went as far as creating and were not refused: nothing is sent before a look
    for what they may have created, however long ago."""
    return Attempt.objects.filter(shipment__record_id=record_id, creating_at__isnull=False).exclude(
        outcome=AttemptOutcome.FAILED
    )


def open_questions(record_id: UUID) -> QuerySet[Attempt]:
    """Those of them whose issue may still appear."""
    return creating_attempts(record_id).exclude(outcome=AttemptOutcome.ABSENT)


def packets_awaiting_review() -> QuerySet[PhoneHomeRecord]:
    """What an operator has to decide, the most urgent first: by deadline, then severity."""
    return (
        PhoneHomeRecord.objects.filter(status=PacketStatus.PENDING)
        .select_related("incident__project")
        .order_by("review_due_at", "incident__severity", "id")
    )


def with_history(packets: QuerySet[PhoneHomeRecord]) -> QuerySet[PhoneHomeRecord]:
    """Packets with what an answer shows of them, in a fixed number of queries."""
    return packets.select_related("incident__project").prefetch_related(
        "reviews",
        "shipments__attempts",
        Prefetch(
            "revisions",
            PacketRevision.objects.filter(number=F("record__revision")).select_related(
                "carve_out_proof"
            ),
            to_attr="current_revisions",
        ),
    )


def get_packet(agent: AgentPrincipal, record_id: UUID) -> PhoneHomeRecord:
    """Raises not_found, for another tenant's packet too."""
    record = with_history(
        PhoneHomeRecord.objects.filter(tenant_id=agent.tenant_id, pk=record_id)
    ).first()
    if record is None:
        raise CareError(NOT_FOUND)
    return record


def approval_of(record: PhoneHomeRecord, revision: PacketRevision) -> Review | None:
    """The approval of exactly this revision's digest; None when there is none."""
    return record.reviews.filter(
        revision=revision.number,
        decision=Decision.APPROVED,
        packet_sha256=revision.packet_sha256,
    ).first()


def operator_review(review: Review | None) -> dict[str, Any] | None:
    """SPEC-115's shape of a decision."""
    if review is None:
        return None
    return {
        "approved": review.decision == Decision.APPROVED,
        "approved_by": review.operator_name,
        "approved_at": isoformat(review.recorded_at),
        "review_surface": review.surface,
        "notes": review.notes,
        "decision": review.decision,
        "reason_code": review.reason_code,
        "revision": review.revision,
        "packet_sha256": review.packet_sha256,
        "acknowledged_fields": review.acknowledged_fields,
    }


def review_url(record: PhoneHomeRecord) -> str:
    path = reverse("phonehome_console:review", args=[record.pk])
    return f"{settings.PUBLIC_BASE_URL}{path}"
