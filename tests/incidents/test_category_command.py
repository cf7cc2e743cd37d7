"""`manage.py category`: the taxonomy from the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from incidents.models import Category
from kernel.models import LedgerEntry
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def category(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command("category", *words, stdout=out, **options)
    return out.getvalue()


def test_one_is_added_retired_and_used_again(cast: Cast, stranger: Cast) -> None:
    assert category("add", "billing", "--meaning", "About money.") == "billing: added\n"
    assert "billing: About money.  (own)\n" in category("list")
    assert "billing" not in category("list", "--tenant", "elsewhere")
    assert category("retire", "billing") == "billing: retired\n"
    assert "billing: About money.  (own)  (retired)\n" in category("list")
    assert category("add", "billing", "--meaning", "Money.") == "billing: in use again\n"
    (row,) = Category.objects.filter(name="billing")
    assert (row.meaning, row.retired_at, row.created_by) == ("Money.", None, "system:manage.py")


def test_the_products_own_is_for_every_tenant(cast: Cast, stranger: Cast) -> None:
    category("add", "billing", "--meaning", "About money.", "--every-tenant")
    assert "billing: About money.\n" in category("list", "--tenant", "elsewhere")
    assert "billing" in category("list", "--every-tenant")
    category("retire", "billing", "--every-tenant")
    category("retire", "billing", "--every-tenant")
    retired = LedgerEntry.objects.filter(action="incidents.category.retired")
    assert [one.tenant_id for one in retired] == [None]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "Two Words", "--meaning", "x"), "name"),
        (("add", "billing", "--meaning", " "), "meaning"),
        (("add", "billing", "--meaning", "x" * 301), "meaning"),
        (("add", "data_loss", "--meaning", "x"), "the product's own"),
        (("add", "billing", "--meaning", "x", "--tenant", "nobody"), "no tenant nobody"),
        (("retire", "data_loss"), "no category"),
        (("retire", "nothing", "--every-tenant"), "no category"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, words: tuple[str, ...], said: str) -> None:
    before = list(Category.objects.values())
    with pytest.raises(CommandError, match=said):
        category(*words)
    assert list(Category.objects.values()) == before
