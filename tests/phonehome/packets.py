"""Packets to try things on, made by the product's own services."""

from typing import Any

from bridge.services.send_signal import send_signal
from incidents.models import Incident
from incidents.services.run_desk import run_desk
from kernel import clock
from phonehome.models import Attempt, PhoneHomeRecord, Review, Shipment
from phonehome.services.approve_packet import approve_packet
from phonehome.services.carry_shipment import ship_now
from phonehome.services.revise_packet import revise_packet
from phonehome.services.stage_packet import stage_packet
from phonehome.services.write_revision import Content
from phonehome.states import ReviewSurface, ShipmentState
from tests.cast import BY, Cast, a_fault

BODY = "## Summary\n\nSignals are lost after a restart of the bridge.\n"


def content(title: str = "Signals are lost after a restart", body: str = BODY) -> Content:
    return Content(title=title, body_markdown=body, redaction_report={"status": "passed"})


def triaged_incident(cast: Cast, payload: str | None = None) -> Incident:
    """A case that the built-in desk triaged as the product's, without a packet."""
    signal = send_signal(
        sender=cast.jade.persona,
        by=BY,
        to_identity="Sage",
        signal_type="Question",
        payload=payload or a_fault(),
    )
    assert signal.intake_id is not None
    run_desk(signal.intake_id)
    return Incident.objects.get(intake_id=signal.intake_id)


def staged_packet(cast: Cast, **texts: str) -> PhoneHomeRecord:
    """A packet that waits for the operator."""
    incident = triaged_incident(cast)
    return stage_packet(
        incident_id=incident.incident_id,
        tenant_id=incident.tenant_id,
        content=content(**texts),
        by=BY,
    )


def approved_packet(cast: Cast, **texts: str) -> PhoneHomeRecord:
    """A packet that ships when somebody carries it."""
    return approve(staged_packet(cast, **texts), cast)


def approve(record: PhoneHomeRecord, cast: Cast, **options: Any) -> PhoneHomeRecord:
    return approve_packet(
        record_id=record.pk,
        seen_digest=options.pop("seen_digest", record.current.packet_sha256),
        by=options.pop("by", cast.operator),
        surface=ReviewSurface.DASHBOARD,
        acknowledged=record.current.retained_sensitive_fields,
        **options,
    )


def fresh(record: PhoneHomeRecord) -> PhoneHomeRecord:
    """As it stands in the database (refresh_from_db may not set a protected status)."""
    return PhoneHomeRecord.objects.get(pk=record.pk)


def revised(record: PhoneHomeRecord, **texts: str) -> PhoneHomeRecord:
    record = fresh(record)
    return revise_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        content=content(**texts),
        by=BY,
    )


def shipment_of(record: PhoneHomeRecord) -> Shipment:
    """The newest one."""
    return Shipment.objects.filter(record=record).order_by("-id")[0]


def approval_row(record: PhoneHomeRecord, cast: Cast, /, **changes: Any) -> Review:
    """An approval as a forger would write it: unsaved, right in everything but `changes`."""
    values = {
        "tenant_id": record.tenant_id,
        "record": record,
        "revision": record.revision,
        "packet_sha256": record.current.packet_sha256,
        "decision": "approved",
        "operator": cast.operator,
        "operator_name": "frank",
        "surface": "dashboard",
    }
    return Review(**{**values, **changes})


def carry(record: PhoneHomeRecord) -> bool:
    """What a worker does when it is nudged."""
    return ship_now(shipment_of(record).pk)


def carry_when_due(record: PhoneHomeRecord, moved_clock: Any, *, times: int = 1) -> PhoneHomeRecord:
    """Move the clock to the moment the shipment is due, then carry it; so many times over."""
    for _ in range(times):
        wait = shipment_of(record).not_before - clock.now()
        moved_clock.move(max(0.0, wait.total_seconds()) + 0.01)
        carry(record)
    return fresh(record)


def carry_until_settled(record: PhoneHomeRecord, moved_clock: Any) -> PhoneHomeRecord:
    """Until the packet is shipped or waits for a person."""
    for _ in range(60):
        record = carry_when_due(record, moved_clock)
        if shipment_of(record).state in (ShipmentState.DONE, ShipmentState.WAITING):
            return record
    raise AssertionError(f"not settled: {record.status}")


def attempts_of(record: PhoneHomeRecord) -> list[str]:
    """How each attempt ended, oldest first."""
    found = Attempt.objects.filter(shipment__record=record).order_by("shipment", "number")
    return list(found.values_list("outcome", flat=True))
