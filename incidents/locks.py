"""Locks, taken by name: lock, then read, then decide."""

from uuid import UUID

from incidents.models import Incident, Intake
from kernel.errors import NOT_FOUND, CareError


def lock_intake(intake_id: UUID, tenant_id: UUID | None = None) -> Intake:
    """Raises not_found, for another tenant's intake too."""
    found = Intake.objects.select_for_update(of=("self",)).filter(pk=intake_id)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    intake = found.first()
    if intake is None:
        raise CareError(NOT_FOUND)
    return intake


def lock_incident(incident_id: str, tenant_id: UUID) -> Incident:
    """By its public id. Raises not_found, for another tenant's incident too."""
    incident = (
        Incident.objects.select_for_update(of=("self",))
        .filter(tenant_id=tenant_id, incident_id=incident_id)
        .first()
    )
    if incident is None:
        raise CareError(NOT_FOUND)
    return incident
