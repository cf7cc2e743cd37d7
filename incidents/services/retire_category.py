"""Take a category out of use; incidents that have it keep it."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.models import Category
from kernel import clock
from kernel.errors import NOT_FOUND, CareError
from kernel.ledger import record
from kernel.principals import Principal


@transaction.atomic
def retire_category(*, name: str, tenant_id: UUID | None, by: Principal) -> Category:
    """The category, readable and not given any more; safe to repeat. Without a tenant it is the
    product's own, for every tenant. Raises not_found."""
    policy.require(by, "incidents.taxonomy.change")
    category = (
        Category.objects.select_for_update(of=("self",))
        .filter(name=name, tenant_id=tenant_id)
        .first()
    )
    if category is None:
        raise CareError(NOT_FOUND, message=f"There is no category {name[:60]!r} here.")
    if category.retired_at is None:
        category.retired_at = clock.now()
        category.save(update_fields=["retired_at"])
        record(
            "incidents.category.retired", by=by, subject=category, tenant_id=tenant_id, name=name
        )
    return category
