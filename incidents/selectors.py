"""Questions about intake and incidents."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.principals import AgentPrincipal
from bridge.models import Signal
from incidents.events import HISTORY
from incidents.models import Incident, Intake, TimelineEntry
from incidents.states import ENDED, WAITING, IncidentStatus, IntakeStatus, WithWhom
from kernel.clock import isoformat
from kernel.errors import FORBIDDEN, NOT_FOUND, CareError


def visible_intake(agent: AgentPrincipal) -> QuerySet[Intake]:
    """Sage and Clara see the tenant's reports, a reporter its own."""
    found = Intake.objects.filter(tenant_id=agent.tenant_id)
    return found if agent.is_sage or agent.is_clara else found.filter(reporter_id=agent.persona_id)


def require_own_intake(agent: AgentPrincipal, intake_id: UUID) -> None:
    """Only who reported answers back. Raises not_found, or forbidden for the desk, which sees it
    too."""
    if get_intake(agent, intake_id).reporter_id != agent.persona_id:
        raise CareError(FORBIDDEN, message="Only its reporter may do that with a report.")


def get_intake(agent: AgentPrincipal, intake_id: UUID) -> Intake:
    intake = visible_intake(agent).select_related("incident", "joined").filter(pk=intake_id).first()
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
    incident = Incident.objects.filter(tenant_id=agent.tenant_id, incident_id=incident_id).first()
    desk = agent.is_sage or agent.is_clara
    if incident is None or not (desk or concerns(incident, agent.persona_id)):
        raise CareError(NOT_FOUND)
    return status_of(incident)


def concerns(incident: Incident, persona_id: UUID) -> bool:
    """Whether a persona reported the case, or something that joined it."""
    if incident.reporter_id == persona_id:
        return True
    joined = incident.repeats.filter(reporter_id=persona_id, status=IntakeStatus.JOINED)
    return joined.exists()


def open_cases_of(persona_id: UUID, tenant_id: UUID) -> QuerySet[Incident]:
    """The cases that concern a persona and have not ended, newest first."""
    own = Incident.objects.filter(reporter_id=persona_id)
    joined = Intake.objects.filter(reporter_id=persona_id, status=IntakeStatus.JOINED)
    ids = own.order_by().values("pk").union(joined.order_by().values("joined_id"))
    found = Incident.objects.filter(tenant_id=tenant_id, pk__in=ids)
    return found.exclude(status__in=ENDED).order_by("-id")


def waiting_reports_of(persona_id: UUID) -> QuerySet[Intake]:
    """The reports of a persona that nobody has classified yet, held ones too, newest first."""
    return Intake.objects.filter(reporter_id=persona_id, status__in=WAITING).order_by("-id")


def case_of_thread(signal: Signal) -> Incident | None:
    """The case of the report that a thread began with."""
    intake = Intake.objects.filter(signal_id=signal.thread_id).select_related("joined", "incident")
    report = intake.first()
    return (report.joined or getattr(report, "incident", None)) if report else None


def status_of(incident: Incident) -> dict[str, Any]:
    """The body of the status verb; who may see it has been asked already."""
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
        "since": isoformat(incident.with_since),
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
