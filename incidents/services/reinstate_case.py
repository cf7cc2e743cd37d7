"""A case that was withdrawn is one after all."""

from access.states import PersonaDuty
from incidents.deadlines.clocks import start_deadline
from incidents.models import Incident
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter
from incidents.states import Stage, TierState, WithWhom
from incidents.timeline import note
from kernel.principals import Principal


def reinstate_case(incident: Incident, *, by: Principal) -> None:
    """Back to Clara under its own number, with the tiers that it had; the caller locks it."""
    incident.reinstate()
    if incident.tiers.filter(state=TierState.COMPLETE).exists():
        incident.begin_triage()
    incident.save(update_fields=["status"])
    note(incident, "reinstated", by=by, with_whom=WithWhom.INCIDENT_MANAGER)
    start_deadline(incident, Stage.TRIAGE)
    tell_desk(
        PersonaDuty.INCIDENT_MANAGER,
        incident.tenant_id,
        category="incident",
        text=f"{incident.incident_id} is an incident after all.",
        incident_id=incident.incident_id,
    )
    tell_reporter(
        incident,
        outcome="reinstated",
        text=f"{incident.incident_id} is open again; Clara triages it.",
    )
