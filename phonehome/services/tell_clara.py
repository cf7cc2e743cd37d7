"""Tell Clara what became of a packet (SPEC-115 §Local Cross-Linking)."""

from typing import Any

from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.models import Signal
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.thread import note_signal
from kernel.principals import SystemPrincipal
from phonehome.models import PhoneHomeRecord


def tell_clara(record: PhoneHomeRecord, *, event: str, **facts: Any) -> Signal:
    """A Status signal from the shipping service (ET) to Clara; in the caller's transaction."""
    clara = holder_of(PersonaDuty.INCIDENT_MANAGER, record.tenant_id)
    signal = send_signal(
        sender=holder_of(PersonaDuty.SHIPPING, record.tenant_id),
        by=SystemPrincipal("shipping", record.tenant_id),
        to_identity=clara.identity,
        signal_type=SignalType.STATUS,
        category="phone-home",
        payload={
            "event": event,
            "record_id": str(record.pk),
            "incident_id": record.incident.incident_id,
            **facts,
        },
    )
    note_signal(record.incident, signal)
    return signal
