"""Choose who acts at a tenant's desk."""

from django.db import transaction

from access.models import Tenant
from incidents.states import DeskMode
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal


@transaction.atomic
def set_desk_mode(*, tenant_slug: str, mode: str, by: Principal) -> Tenant:
    """The tenant with its own mode; an empty one takes DESK_MODE again.

    Raises not_found, invalid_request.
    """
    if mode and mode not in DeskMode.values:
        raise invalid(mode=f"One of {', '.join(DeskMode.values)}.")
    tenant = Tenant.objects.select_for_update().filter(slug=tenant_slug).first()
    if tenant is None:
        raise CareError(NOT_FOUND, message=f"There is no tenant {tenant_slug}.")
    before, tenant.desk_mode = tenant.desk_mode, mode
    tenant.save(update_fields=["desk_mode"])
    record(
        "incidents.desk_mode.set",
        by=by,
        subject=tenant,
        tenant_id=tenant.pk,
        before=before,
        after=mode,
    )
    return tenant
