"""Keep a lease while work goes on, and know when it is lost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection

from kernel import clock
from phonehome.models import Shipment
from phonehome.services.claim_shipment import Claim
from phonehome.states import ShipmentState

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker owns the shipment now; this one must not settle anything."""


def extend_lease(claim: Claim) -> None:
    """Own the shipment for another lease from now. Raises LeaseLost."""
    now = clock.now()
    held = Shipment.objects.filter(
        pk=claim.shipment_id,
        lease_token=claim.lease_token,
        state=ShipmentState.CLAIMED,
        lease_until__gte=now,
    ).update(lease_until=now + timedelta(seconds=settings.PHONE_HOME_LEASE_SECONDS))
    if not held:
        raise LeaseLost


@contextmanager
def held_lease(claim: Claim) -> Iterator[None]:
    """Extend the lease from a thread of its own while the block runs, so that a long call to
    GitHub is not taken for a dead worker."""
    over = threading.Event()
    every_seconds = max(0.2, settings.PHONE_HOME_LEASE_SECONDS / 3)

    def beat() -> None:
        try:
            while not over.wait(every_seconds):
                try:
                    extend_lease(claim)
                except DatabaseTrouble:
                    # A database that was busy or away once: the next beat may still be in time.
                    log.warning("lease.not_extended", shipment=str(claim.shipment_id))
                    connection.close()
        except LeaseLost:
            log.warning("lease.lost", shipment=str(claim.shipment_id))
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{claim.shipment_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
