"""Browsing pages: what is shown there is looked at, not changed."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator


class BrowseAdmin(ModelAdmin):
    """Rows that services and agents make; nobody adds, changes or deletes them by hand.

    Lists do not count their rows: a COUNT of a large table costs more than the page it numbers.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    paginator = InfinitePaginator

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def shortened(text: str, characters: int = 80) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"
