"""Add a category to the taxonomy, or bring a retired one back."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.documents.shape import CATEGORY_NAME, conforms
from incidents.models import Category
from kernel.errors import invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_CATEGORIES = 200
MAX_MEANING = 300


@transaction.atomic
def add_category(
    *, name: str, meaning: str, tenant_id: UUID | None, by: Principal
) -> tuple[Category, bool]:
    """The category and whether it is new. Without a tenant it is every tenant's.

    Raises invalid_request: no such form of name, no meaning, the product has it already.
    """
    policy.require(by, "incidents.taxonomy.change")
    meaning = meaning.strip()
    if not conforms(name, CATEGORY_NAME):
        raise invalid(name="1 to 60 lower-case letters, digits and underscores, a letter first.")
    if not 1 <= len(meaning) <= MAX_MEANING:
        raise invalid(meaning=f"1 to {MAX_MEANING} characters: what falls under it.")
    if tenant_id is not None and _products_own(name):
        raise invalid(name=f"{name} is the product's own category; every tenant has it.")
    if Category.objects.filter(tenant_id=tenant_id).count() >= MAX_CATEGORIES:
        raise invalid(name=f"There are {MAX_CATEGORIES} categories; evals need fewer, not more.")
    category, created = Category.objects.get_or_create(
        tenant_id=tenant_id, name=name, defaults={"meaning": meaning, "created_by": by.label[:200]}
    )
    if not created:
        category.meaning, category.retired_at = meaning, None
        category.save(update_fields=["meaning", "retired_at"])
    record(
        "incidents.category.added",
        by=by,
        subject=category,
        tenant_id=tenant_id,
        name=name,
        again=not created,
    )
    return category, created


def _products_own(name: str) -> bool:
    return Category.objects.filter(
        tenant_id__isnull=True, name=name, retired_at__isnull=True
    ).exists()
