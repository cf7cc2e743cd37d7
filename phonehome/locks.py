"""Locks, taken by name: lock, then read, then decide."""

from uuid import UUID

from kernel.errors import NOT_FOUND, CareError
from phonehome.models import PhoneHomeRecord


def lock_packet(record_id: UUID, tenant_id: UUID | None = None) -> PhoneHomeRecord:
    """Raises not_found, for another tenant's packet too."""
    found = (
        PhoneHomeRecord.objects.select_for_update(of=("self",), no_key=True)
        .select_related("incident__project", "incident__intake")
        .filter(pk=record_id)
    )
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    record = found.first()
    if record is None:
        raise CareError(NOT_FOUND)
    return record
