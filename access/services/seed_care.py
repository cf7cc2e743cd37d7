"""Seed a tenant's desk: home project, Sage and Clara as bridge personas, ET as shipping service.

This is the only place that makes a bridge persona (SPEC-116 §Admin contract: seed-time bridge
assignment). It is safe to repeat.
"""

from dataclasses import dataclass

from django.db import transaction

from access.errors import HOME_PROJECT_CONFLICT
from access.models import Persona, PersonaStamp, Project, Tenant, identity_key
from access.selectors import DEFAULT_TENANT
from access.services.register_project import register_project
from access.states import PersonaClass, PersonaDuty, PersonaStatus
from kernel.errors import CareError
from kernel.principals import Principal

DESK = (
    ("Sage", PersonaClass.BRIDGE, PersonaDuty.INTAKE_DESK),
    ("Clara", PersonaClass.BRIDGE, PersonaDuty.INCIDENT_MANAGER),
    # A backend service, not a bridge (seed 000: "ET is not a bridge").
    ("ET", PersonaClass.PROJECT, PersonaDuty.SHIPPING),
)


@dataclass(frozen=True)
class SeededDesk:
    tenant: Tenant
    home: Project
    personas: list[Persona]


@transaction.atomic
def seed_care(*, home_pid: str, by: Principal, tenant_slug: str = DEFAULT_TENANT) -> SeededDesk:
    """Make what is missing; a revoked holder of a duty is active again. Raises
    home_project_conflict when the tenant's home is another."""
    project, _ = register_project(
        pid=home_pid, by=by, tenant_slug=tenant_slug, name="Prism support"
    )
    home = Project.objects.filter(tenant=project.tenant, is_home=True).first()
    if home is not None and home.pk != project.pk:
        raise CareError(
            HOME_PROJECT_CONFLICT, message=f"The home project of this tenant is {home.pid}."
        )
    if home is None:
        project.is_home = True
        project.save(update_fields=["is_home"])
    personas = [_seat(project, *seat, by=by) for seat in DESK]
    return SeededDesk(project.tenant, project, personas)


def _seat(
    home: Project, name: str, persona_class: PersonaClass, duty: PersonaDuty, *, by: Principal
) -> Persona:
    persona = Persona.objects.filter(project=home, identity_key=identity_key(name)).first()
    seat = (persona_class, duty, PersonaStatus.ACTIVE)
    if persona is not None and (persona.persona_class, persona.duty, persona.status) == seat:
        return persona
    stamp = PersonaStamp.objects.create(
        tenant_id=home.tenant_id,
        pid=home.pid,
        identity=name,
        before=persona.persona_class if persona else "",
        after=persona_class,
        duty=duty,
        stamped_by=by.label,
        reason="seed_care",
    )
    persona = persona or Persona(tenant_id=home.tenant_id, project=home, identity=name)
    persona.persona_class = persona_class
    persona.duty = duty
    persona.status = PersonaStatus.ACTIVE
    persona.stamp = stamp
    persona.save()
    return persona
