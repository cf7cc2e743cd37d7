"""Write a try at a shipment to the incident's timeline: how far it got, how it ended."""

from uuid import UUID

from incidents.models import Incident
from incidents.timeline import note_aside
from kernel.principals import SystemPrincipal
from phonehome.models import Attempt


def note_attempt(attempt_id: UUID) -> None:
    """One entry for the attempt as it stands now; in the transaction that changed it."""
    attempt = Attempt.objects.select_related("shipment").get(pk=attempt_id)
    record_id = attempt.shipment.record_id
    note_aside(
        Incident.objects.only("id", "tenant_id").get(packets=record_id),
        "shipping_attempt",
        by=SystemPrincipal("shipping", attempt.shipment.tenant_id),
        record_id=str(record_id),
        number=attempt.number,
        phase=attempt.phase,
        outcome=attempt.outcome,
        transport=attempt.transport,
        code=attempt.error_code,
    )
