"""The sweep's part of shipping: what a lost nudge or a dead worker left behind."""

import structlog

from kernel import clock
from phonehome.services.carry_shipment import ship_now
from phonehome.services.claim_shipment import due_shipments

log = structlog.get_logger(__name__)

BATCH = 20


def ship_due() -> int:
    """Carry what is due, oldest first, at most BATCH a pass; how many this worker carried."""
    carried = 0
    for pk in list(due_shipments(clock.now()).values_list("pk", flat=True)[:BATCH]):
        try:
            carried += ship_now(pk)
        except Exception:
            log.exception("shipment.failed", shipment=str(pk))
    return carried
