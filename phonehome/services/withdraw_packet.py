"""Clara takes a packet back before it left."""

from uuid import UUID

from django.db import transaction
from django_fsm import can_proceed

from access import policy
from incidents.deadlines.clocks import cancel_deadline
from incidents.models import Incident
from incidents.services.tell_reporter import tell_reporter
from incidents.states import Stage, WithWhom
from incidents.timeline import note
from kernel.errors import CareError
from kernel.ledger import record as record_fact
from kernel.principals import Principal
from phonehome.errors import NOT_REVISABLE
from phonehome.locks import lock_packet
from phonehome.models import PhoneHomeRecord
from phonehome.services.revise_packet import cancel_shipments


@transaction.atomic
def withdraw_packet(
    *, record_id: UUID, tenant_id: UUID, by: Principal, reason: str
) -> PhoneHomeRecord:
    """The packet, withdrawn, its shipment cancelled. Raises not_found, phone_home_not_revisable."""
    policy.require(by, "phonehome.packet.withdraw")
    record = lock_packet(record_id, tenant_id)
    if not can_proceed(record.withdraw):
        raise CareError(NOT_REVISABLE, message=f"This packet is {record.get_status_display()}.")
    take_back(record, record.incident, by=by, reason=reason, with_whom=WithWhom.REPORTER)
    tell_reporter(
        record.incident,
        outcome="not_filed",
        text=f"{record.incident.incident_id} is not filed with the product team: the care desk "
        "took it back. Reply to this signal to go on with it.",
        reason="withdrawn",
    )
    return record


def take_back(
    record: PhoneHomeRecord, incident: Incident, *, by: Principal, reason: str, with_whom: WithWhom
) -> None:
    """End a packet before it left, its shipment cancelled; in the caller's transaction, the packet
    locked. `incident` is the packet's, as the caller holds it."""
    cancel_shipments(record)
    if not can_proceed(record.withdraw):
        # A failed shipment left nothing behind; the packet ends from review like any other.
        record.return_to_review()
        record.save(update_fields=["status"])
    record.withdraw()
    record.save(update_fields=["status"])
    record_fact("phonehome.packet.withdrawn", by=by, subject=record, reason=reason)
    note(incident, "packet_withdrawn", by=by, with_whom=with_whom, record_id=str(record.pk))
    cancel_deadline(incident, Stage.OPERATOR_REVIEW, ref=str(record.pk))
