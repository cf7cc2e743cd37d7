"""Questions about clocks: of one case, and of everything that runs."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from access.principals import AgentPrincipal
from incidents.deadlines.clocks import PROMISES
from incidents.models import Deadline, DeadlinePause, Escalation, Incident
from incidents.models.deadlines import RUNNING
from incidents.selectors import get_incident
from incidents.states import DeadlineState


def deadlines_of(incident: Incident) -> QuerySet[Deadline]:
    """All clocks of a case in the order they were started, with steps taken and pauses."""
    return _with_what_happened(incident.deadlines.order_by("id"))


def visible_deadlines(agent: AgentPrincipal, incident_id: str) -> QuerySet[Deadline]:
    """Clara sees all clocks of a case; its reporter what it was promised, and nothing of what
    the desk gives itself. Raises not_found."""
    found = deadlines_of(get_incident(agent, incident_id))
    return found if agent.is_clara else found.filter(stage__in=PROMISES)


def running_deadlines(
    *, stage: str = "", severity: str = "", tenants: Collection[UUID] | None = None
) -> QuerySet[Deadline]:
    """Clocks that run or stand still, the one that is due first at the top."""
    found = Deadline.objects.filter(state__in=RUNNING)
    if stage:
        found = found.filter(stage=stage)
    if severity:
        found = found.filter(severity=severity)
    if tenants is not None:
        found = found.filter(tenant_id__in=tenants)
    found = found.select_related("incident__project__tenant", "intake__reporter__project__tenant")
    return _with_what_happened(found.order_by("due_at", "id"))


BREACHED = Q(breached_at__isnull=False)
AT_RISK = Q(breached_at__isnull=True, was_at_risk=True, state=DeadlineState.OPEN)


def _with_what_happened(found: QuerySet[Deadline]) -> QuerySet[Deadline]:
    return found.select_related("policy__calendar").prefetch_related(
        Prefetch("escalations", Escalation.objects.select_related("operator").order_by("id")),
        Prefetch("pauses", DeadlinePause.objects.order_by("id")),
    )
