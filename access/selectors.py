"""Questions about tenants, projects and personas."""

from uuid import UUID

from django.db.models import Count

from access.errors import DESK_UNSTAFFED, PROJECT_AMBIGUOUS, PROJECT_UNKNOWN
from access.models import Persona, Project, Tenant, identity_key
from access.states import PersonaDuty, PersonaStatus
from kernel.errors import CareError

DEFAULT_TENANT = "default"


def project_by_pid(pid: str, tenant_slug: str | None = None) -> Project:
    """The project commands mean by a PID. Raises project_unknown or project_ambiguous."""
    found = Project.objects.select_related("tenant").filter(pid=pid)
    if tenant_slug:
        found = found.filter(tenant__slug=tenant_slug)
    projects = list(found[:2])
    if not projects:
        raise CareError(PROJECT_UNKNOWN, message=f"There is no project {pid}.")
    if len(projects) > 1:
        raise CareError(PROJECT_AMBIGUOUS)
    return projects[0]


def holder_of(duty: PersonaDuty, tenant_id: UUID) -> Persona:
    """The persona that holds a desk duty in a tenant. Raises desk_unstaffed."""
    persona = (
        Persona.objects.select_related("project")
        .filter(tenant_id=tenant_id, duty=duty, status=PersonaStatus.ACTIVE)
        .first()
    )
    if persona is None:
        raise CareError(
            DESK_UNSTAFFED,
            message=f"No active persona of this tenant holds the duty {duty.label!r}.",
        )
    return persona


def staffed_tenants(*duties: PersonaDuty) -> set[UUID]:
    """The tenants in which each of the duties has a holder."""
    held = Persona.objects.filter(duty__in=duties, status=PersonaStatus.ACTIVE).order_by()
    counted = held.values_list("tenant_id").annotate(held=Count("duty", distinct=True))
    return {tenant_id for tenant_id, held in counted if held == len(duties)}


def active_persona(project: Project, name: str) -> Persona | None:
    return project.personas.filter(
        identity_key=identity_key(name), status=PersonaStatus.ACTIVE
    ).first()


def known_names(tenant_id: UUID) -> list[str]:
    """Names that give a customer away: the tenant's, its projects' and their PIDs, and the
    identities of its ordinary personas. The home project's are the product's own."""
    names = set(
        Tenant.objects.filter(pk=tenant_id).exclude(slug=DEFAULT_TENANT).values_list("name", "slug")
    )
    flat = {name for pair in names for name in pair}
    for pid, name in Project.objects.filter(tenant_id=tenant_id, is_home=False).values_list(
        "pid", "name"
    ):
        flat |= {pid, name}
    flat |= set(
        Persona.objects.filter(tenant_id=tenant_id, project__is_home=False).values_list(
            "identity", flat=True
        )
    )
    return sorted(name for name in flat if len(name) >= 3)
