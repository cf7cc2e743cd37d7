"""Locks, taken by name: lock, then read, then decide."""

from uuid import UUID

from access.models import Project
from incidents.models import Incident, Intake
from kernel.errors import NOT_FOUND, CareError


def lock_intake(intake_id: UUID, tenant_id: UUID | None = None) -> Intake:
    """Raises not_found, for another tenant's intake too."""
    found = Intake.objects.select_for_update(of=("self",), no_key=True).filter(pk=intake_id)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    intake = found.first()
    if intake is None:
        raise CareError(NOT_FOUND)
    return intake


def lock_report(intake_id: UUID, tenant_id: UUID | None = None) -> Intake:
    """An intake whose meaning is about to change, with its project locked first: of two equal
    reports one opens the case, and the other finds it. Always project, intake, incident, in this
    order. Raises not_found."""
    found = Intake.objects.filter(pk=intake_id)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    project_id = found.values_list("reporter__project_id", flat=True).first()
    if project_id is None:
        raise CareError(NOT_FOUND)
    lock_project(project_id)
    return lock_intake(intake_id, tenant_id)


def lock_project(project_id: UUID) -> None:
    """Without keeping others from writing rows that refer to the project."""
    Project.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=project_id)


def lock_incident(incident_id: str, tenant_id: UUID) -> Incident:
    """By its public id. Raises not_found, for another tenant's incident too."""
    incident = (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .filter(tenant_id=tenant_id, incident_id=incident_id)
        .first()
    )
    if incident is None:
        raise CareError(NOT_FOUND)
    return incident
