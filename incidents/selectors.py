"""Questions about intake and incidents."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.principals import AgentPrincipal
from incidents.events import HISTORY
from incidents.models import Incident, Intake, TimelineEntry
from incidents.states import IncidentStatus, WithWhom
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError


def visible_intake(agent: AgentPrincipal) -> QuerySet[Intake]:
    """Sage and Clara see the tenant's reports, a reporter its own."""
    found = Intake.objects.filter(tenant_id=agent.tenant_id)
    return found if agent.is_sage or agent.is_clara else found.filter(reporter_id=agent.persona_id)


def get_intake(agent: AgentPrincipal, intake_id: UUID) -> Intake:
    intake = visible_intake(agent).select_related("incident").filter(pk=intake_id).first()
    if intake is None:
        raise CareError(NOT_FOUND)
    return intake


def visible_incidents(agent: AgentPrincipal) -> QuerySet[Incident]:
    """Clara sees the tenant's incidents, a reporter its own, anybody else none."""
    found = Incident.objects.filter(tenant_id=agent.tenant_id)
    return found if agent.is_clara else found.filter(reporter_id=agent.persona_id)


def get_incident(agent: AgentPrincipal, incident_id: str) -> Incident:
    incident = (
        visible_incidents(agent)
        .select_related("project", "reporter")
        .filter(incident_id=incident_id)
        .first()
    )
    if incident is None:
        raise CareError(NOT_FOUND)
    return incident


def incident_status(agent: AgentPrincipal, incident_id: str) -> dict[str, Any]:
    """What the reporter, Sage and Clara may know of a case: no text a person has not released.

    Source: api.md §incidents. Raises not_found.
    """
    found = Incident.objects.filter(tenant_id=agent.tenant_id, incident_id=incident_id)
    if not (agent.is_sage or agent.is_clara):
        found = found.filter(reporter_id=agent.persona_id)
    incident = found.first()
    if incident is None:
        raise CareError(NOT_FOUND)
    history = [
        {"at": isoformat(entry.recorded_at), "status": HISTORY[entry.event]}
        for entry in TimelineEntry.objects.filter(incident=incident, event__in=HISTORY)
    ]
    with_whom = WithWhom(incident.with_whom)
    severity = f"{incident.severity} " if incident.severity else ""
    latest = str(history[-1]["status"] if history else incident.status).replace("_", " ")
    return {
        "incident_id": incident.incident_id,
        "status": incident.status,
        "severity": incident.severity or None,
        "headline": f"{severity}incident: {latest}, with {with_whom.label}",
        "last_update_at": isoformat(incident.last_update_at),
        "next_update_due_at": isoformat(incident.next_update_due_at),
        "with": with_whom.value,
        "issue": {"number": incident.issue_number, "state": incident.issue_state}
        if incident.issue_number
        else None,
        "history": history,
    }


def desk_has_triage(incident: Incident) -> bool:
    """Whether the built-in desk may go on: an agent that began a tier, or opened one again, keeps
    the case."""
    return not incident.tiers.exclude(completed_by__startswith="system:").exists()


def cases_to_stage() -> QuerySet[Incident]:
    """Triaged, eligible cases in the order they came: what `incidents` hands off."""
    return Incident.objects.filter(status=IncidentStatus.TRIAGED, eligible=True).order_by("id")
