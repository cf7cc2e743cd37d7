"""Register a project within a tenant."""

import re

from django.db import transaction

from access.models import Project, Tenant
from access.selectors import DEFAULT_TENANT
from kernel.errors import invalid
from kernel.ledger import record
from kernel.principals import Principal

_TENANT = re.compile(r"[A-Za-z0-9_-]{1,50}\Z")
_NAME_CHARACTERS = 200
_PID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


@transaction.atomic
def register_project(
    *, pid: str, by: Principal, tenant_slug: str = DEFAULT_TENANT, name: str = ""
) -> tuple[Project, bool]:
    """The project and whether it is new; safe to repeat. Raises invalid_request on a bad PID,
    tenant slug or name."""
    if not _PID.match(pid):
        raise invalid(pid="1 to 64 letters, digits, dots, hyphens or underscores: PID-DPA01.")
    if not _TENANT.match(tenant_slug):
        raise invalid(tenant="1 to 50 letters, digits, hyphens or underscores.")
    if len(name) > _NAME_CHARACTERS:
        raise invalid(name=f"At most {_NAME_CHARACTERS} characters.")
    tenant, _ = Tenant.objects.get_or_create(slug=tenant_slug, defaults={"name": tenant_slug})
    project, created = Project.objects.get_or_create(
        tenant=tenant, pid=pid, defaults={"name": name}
    )
    if created:
        record("access.project.registered", by=by, subject=project, pid=pid)
    return project, created
