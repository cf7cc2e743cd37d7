"""What several of the browsing pages share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from incidents.models import Incident
from kernel.browse import BrowseAdmin


def case_link(incident: Incident | None) -> str:
    """The case's own page; nothing where there is no case."""
    if incident is None:
        return ""
    address = reverse("incidents_console:case", kwargs={"pk": incident.pk})
    return format_html('<a href="{}">{}</a>', address, incident.incident_id)


class OfCaseAdmin(BrowseAdmin):
    """A column `case` that leads to the case's own page. Name `incident` in list_select_related."""

    @admin.display(description="case", ordering="incident")
    def case(self, row: Any) -> str:
        return case_link(row.incident)


class Rows(TabularInline):
    """Rows below the row they belong to, as they are."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
