"""Whose journal and todos somebody writes: those of the own project, and no other's.

A bridge persona's own project is the home project, so what the desk writes never lands in a
customer's store (SPEC-116 §Artifact ownership).
"""

from access.principals import AgentPrincipal
from incidents.errors import WRONG_PROJECT
from incidents.models import Incident
from kernel.errors import NOT_FOUND, CareError


def check_project(by: AgentPrincipal, pid: str | None) -> None:
    """`pid` is what a request names; none means the own one. Raises artifact_wrong_project, whether
    the other project exists or not."""
    if pid is not None and pid != by.pid:
        raise CareError(WRONG_PROJECT)


def incident_of_own(by: AgentPrincipal, incident_id: str) -> Incident:
    """The case an entry is about: the desk's are the tenant's, a reporter's its own. Raises
    not_found."""
    found = Incident.objects.filter(tenant_id=by.tenant_id, incident_id=incident_id)
    if not (by.is_sage or by.is_clara):
        found = found.filter(reporter_id=by.persona_id)
    incident = found.first()
    if incident is None:
        raise CareError(NOT_FOUND)
    return incident
