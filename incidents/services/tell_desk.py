"""Sage's word to a persona of the desk, Sage included: a note, not a report."""

from typing import Any
from uuid import UUID

from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.models import Signal
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.models import Incident
from incidents.thread import note_signal
from kernel.principals import SystemPrincipal


def tell_desk(
    duty: PersonaDuty, tenant_id: UUID, *, category: str, text: str, **facts: Any
) -> Signal:
    """A Notice from Sage to whoever holds `duty`; in the caller's transaction. One about a case,
    named by the fact `incident_id`, stands in the case's timeline."""
    to = holder_of(duty, tenant_id)
    signal = send_signal(
        sender=holder_of(PersonaDuty.INTAKE_DESK, tenant_id),
        by=SystemPrincipal("desk", tenant_id),
        to_identity=to.identity,
        to_pid=to.project.pid,
        signal_type=SignalType.NOTICE,
        category=category,
        payload={"text": text, **facts},
    )
    if facts.get("incident_id"):
        case = Incident.objects.get(tenant_id=tenant_id, incident_id=facts["incident_id"])
        note_signal(case, signal)
    return signal
