"""The taxonomy: which categories a tenant has, and which of them may be given."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from incidents.models import Category
from kernel.errors import invalid


def known_categories(tenant_id: UUID | None) -> QuerySet[Category]:
    """The product's and the tenant's own, by name, retired ones too; the tenant's own first where
    both have a name. Of no tenant: the product's alone."""
    return Category.objects.filter(Q(tenant_id__isnull=True) | Q(tenant_id=tenant_id)).order_by(
        "name", F("tenant_id").asc(nulls_last=True)
    )


def assignable_categories(tenant_id: UUID) -> list[str]:
    names = known_categories(tenant_id).filter(retired_at__isnull=True)
    return sorted(set(names.values_list("name", flat=True)))


def require_assignable(name: str, tenant_id: UUID) -> None:
    """Raises invalid_request naming the categories there are."""
    names = assignable_categories(tenant_id)
    if name not in names:
        raise invalid(category=f"Must be one of {', '.join(names)}.")
