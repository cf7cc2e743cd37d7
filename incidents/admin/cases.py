from typing import ClassVar

from django.contrib import admin

from incidents.admin.parts import OfCaseAdmin, Rows, case_link
from incidents.models import Category, Citation, ContainmentAction, Incident, TriageTier
from kernel.browse import BrowseAdmin, shortened


class TierRows(Rows):
    model = TriageTier
    fields = readonly_fields = ("tier", "state", "completed_by", "completed_at", "content")


class ContainmentRows(Rows):
    model = ContainmentAction
    fields = readonly_fields = ("recorded_at", "action", "actor", "detail")


@admin.register(Incident)
class IncidentAdmin(BrowseAdmin):
    """Every field of the row; its story and its work are on the case's page."""

    list_display = (
        "incident_id",
        "short_title",
        "project",
        "severity",
        "scope",
        "category",
        "status",
        "with_whom",
        "issue_number",
        "last_update_at",
        "case_page",
    )
    list_filter = ("status", "severity", "scope", "with_whom", "eligible", "origin")
    list_select_related = ("project",)
    search_fields = ("incident_id", "title", "project__pid")
    search_help_text = "incident id, title or PID"
    ordering = ("-id",)
    readonly_fields = ("case_page",)
    inlines: ClassVar = [TierRows, ContainmentRows]

    @admin.display(description="title", ordering="title")
    def short_title(self, incident: Incident) -> str:
        return shortened(incident.title)

    @admin.display(description="case")
    def case_page(self, incident: Incident) -> str:
        return case_link(incident)


@admin.register(Category)
class CategoryAdmin(BrowseAdmin):
    list_display = ("name", "meaning", "whose", "created_by", "created_at", "retired_at")
    list_filter = (
        ("tenant_id", admin.EmptyFieldListFilter),
        ("retired_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name", "meaning")

    @admin.display(description="of")
    def whose(self, category: Category) -> str:
        return str(category.tenant_id or "the product")


@admin.register(Citation)
class CitationAdmin(OfCaseAdmin):
    list_display = ("recorded_at", "case", "tier", "field", "source", "ref", "read_by")
    list_filter = ("tier", "source")
    list_select_related = ("incident",)
    search_fields = ("incident__incident_id", "=ref", "=content_sha256")
    search_help_text = "incident id, what was read, or its digest"
    ordering = ("-id",)


@admin.register(ContainmentAction)
class ContainmentActionAdmin(OfCaseAdmin):
    list_display = ("recorded_at", "case", "action", "actor")
    list_select_related = ("incident",)
    search_fields = ("incident__incident_id", "action", "actor")
    search_help_text = "incident id, action or actor"
    ordering = ("-id",)
