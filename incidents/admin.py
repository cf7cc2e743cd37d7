from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from incidents.models import (
    ClassificationRow,
    Incident,
    Intake,
    JournalEntry,
    Postmortem,
    TimelineEntry,
    Todo,
    TriageTier,
)
from kernel.browse import BrowseAdmin, shortened


class _Rows(TabularInline):
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TierRows(_Rows):
    model = TriageTier
    fields = readonly_fields = ("tier", "completed_by", "completed_at", "content")


class TimelineRows(_Rows):
    model = TimelineEntry
    fields = readonly_fields = ("recorded_at", "event", "actor", "detail")


class ClassificationRows(_Rows):
    model = ClassificationRow
    fields = readonly_fields = (
        "created_at",
        "classification",
        "rule",
        "rationale",
        "decided_by",
    )


@admin.register(Intake)
class IntakeAdmin(BrowseAdmin):
    list_display = (
        "created_at",
        "reporter_identity",
        "reporter_pid",
        "status",
        "classification",
        "due_at",
        "late",
    )
    list_filter = ("status", "classification")
    search_fields = ("=id", "reporter_pid", "reporter_identity")
    ordering = ("-id",)
    raw_id_fields = ("signal", "reporter", "todo")
    inlines: ClassVar = [ClassificationRows]

    @admin.display(boolean=True, description="overdue")
    def late(self, intake: Intake) -> bool:
        return intake.overdue


@admin.register(Incident)
class IncidentAdmin(BrowseAdmin):
    list_display = (
        "incident_id",
        "short_title",
        "project",
        "severity",
        "scope",
        "status",
        "with_whom",
        "issue_number",
        "last_update_at",
    )
    list_filter = ("status", "severity", "scope", "with_whom", "eligible")
    list_select_related = ("project",)
    search_fields = ("incident_id", "title", "project__pid")
    search_help_text = "incident id, title or PID"
    ordering = ("-id",)
    inlines: ClassVar = [TierRows, TimelineRows]

    @admin.display(description="title", ordering="title")
    def short_title(self, incident: Incident) -> str:
        return shortened(incident.title)


@admin.register(Postmortem)
class PostmortemAdmin(BrowseAdmin):
    list_display = ("postmortem_id", "incident", "project", "issue_url", "created_at")
    list_select_related = ("incident", "project")
    search_fields = ("postmortem_id", "incident__incident_id")
    ordering = ("-id",)


@admin.register(JournalEntry)
class JournalEntryAdmin(BrowseAdmin):
    list_display = ("created_at", "project", "incident", "author", "short_text")
    list_select_related = ("project", "incident")
    search_fields = ("incident__incident_id", "author")
    ordering = ("-id",)

    @admin.display(description="text")
    def short_text(self, entry: JournalEntry) -> str:
        return shortened(entry.text)


@admin.register(Todo)
class TodoAdmin(BrowseAdmin):
    list_display = ("created_at", "title", "lane_owner", "status", "project")
    list_filter = ("status", "lane_owner")
    list_select_related = ("project",)
    search_fields = ("title", "lane_owner")
    ordering = ("-id",)
