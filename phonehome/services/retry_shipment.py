"""An operator lets a failed shipment be tried again."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.states import WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.errors import CareError
from kernel.ledger import record as record_fact
from kernel.principals import Principal
from kernel.tasks import nudge_on_commit
from phonehome.errors import NOT_RETRYABLE
from phonehome.locks import lock_packet
from phonehome.models import PhoneHomeRecord, Shipment
from phonehome.states import PacketStatus, ShipmentState
from phonehome.tasks import ship

# After an unknown outcome a retry looks for the issue first, like every other try.
RETRYABLE = (PacketStatus.SHIP_FAILED, PacketStatus.OUTCOME_UNKNOWN)


@transaction.atomic
def retry_shipment(*, record_id: UUID, by: Principal) -> PhoneHomeRecord:
    """The packet, its shipment due now; the approval is checked again by the claim.

    Raises operator_required, not_found, phone_home_not_retryable.
    """
    policy.require(by, "phonehome.packet.retry")
    record = lock_packet(record_id)
    shipment = Shipment.objects.filter(
        record=record, state__in=[ShipmentState.WAITING, ShipmentState.QUEUED]
    ).first()
    if record.status not in RETRYABLE or shipment is None:
        raise CareError(NOT_RETRYABLE)
    shipment.state = ShipmentState.QUEUED
    shipment.not_before = clock.now()
    shipment.save(update_fields=["state", "not_before"])
    record_fact("phonehome.shipment.retried", by=by, subject=record)
    note(
        record.incident,
        "shipment_retried",
        by=by,
        with_whom=WithWhom.SHIPPING,
        record_id=str(record.pk),
    )
    nudge_on_commit(ship, str(shipment.pk))
    return record
