"""End reviews whose time is over; never an approval by silence."""

from uuid import UUID

import structlog
from django.db import transaction

from incidents.deadlines.clocks import cancel_deadline
from incidents.services.tell_reporter import tell_reporter
from incidents.states import Stage, WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.ledger import record as record_fact
from kernel.principals import SystemPrincipal
from phonehome.locks import lock_packet
from phonehome.models import PhoneHomeRecord
from phonehome.services.tell_clara import tell_clara
from phonehome.states import PacketStatus

log = structlog.get_logger(__name__)

BATCH = 100


def expire_reviews() -> int:
    """How many packets expired in this pass."""
    due = PhoneHomeRecord.objects.filter(
        status=PacketStatus.PENDING, review_due_at__lte=clock.now()
    )
    expired = 0
    for record_id in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            expired += _expire(record_id)
        except Exception:
            log.exception("review.not_expired", record_id=str(record_id))
    return expired


@transaction.atomic
def _expire(record_id: UUID) -> bool:
    record = lock_packet(record_id)
    if record.status != PacketStatus.PENDING or record.review_due_at > clock.now():
        return False
    by = SystemPrincipal("sweep", record.tenant_id)
    record.expire()
    record.save(update_fields=["status"])
    record_fact("phonehome.packet.expired", by=by, subject=record, revision=record.revision)
    note(
        record.incident,
        "packet_expired",
        by=by,
        with_whom=WithWhom.INCIDENT_MANAGER,
        record_id=str(record.pk),
    )
    cancel_deadline(record.incident, Stage.OPERATOR_REVIEW, ref=str(record.pk))
    tell_clara(record, event="packet_expired", revision=record.revision)
    tell_reporter(
        record.incident,
        outcome="review_expired",
        text=f"Nobody decided about {record.incident.incident_id} in time, so it was not filed. "
        "It is back with Clara.",
    )
    return True
