from typing import ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from incidents.admin.parts import Rows, case_link
from incidents.models import ClassificationRow, Intake, Storm
from kernel.browse import BrowseAdmin


class ClassificationRows(Rows):
    model = ClassificationRow
    fields = readonly_fields = (
        "created_at",
        "classification",
        "rule",
        "rationale",
        "decided_by",
        "desk_classification",
        "desk_rule",
        "rubric_version",
    )


@admin.register(Intake)
class IntakeAdmin(BrowseAdmin):
    list_display = (
        "created_at",
        "reporter_identity",
        "reporter_pid",
        "status",
        "classification",
        "case",
        "due_at",
        "late",
    )
    list_filter = ("status", "classification")
    list_select_related = ("incident", "joined")
    search_fields = ("=id", "reporter_pid", "reporter_identity", "=fingerprint")
    search_help_text = "id, PID, identity or fingerprint"
    ordering = ("-id",)
    raw_id_fields = ("signal", "reporter", "todo")
    readonly_fields = ("case",)
    inlines: ClassVar = [ClassificationRows]

    @admin.display(boolean=True, description="overdue")
    def late(self, intake: Intake) -> bool:
        return intake.overdue

    @admin.display(description="case")
    def case(self, intake: Intake) -> str:
        return case_link(intake.joined or getattr(intake, "incident", None))


@admin.register(Storm)
class StormAdmin(BrowseAdmin):
    list_display = ("began_at", "reporter", "held", "last_report_at", "released_at", "released_by")
    list_filter = (("released_at", admin.EmptyFieldListFilter),)
    list_select_related = ("reporter__project",)
    search_fields = ("=id", "reporter__identity", "reporter__project__pid")
    search_help_text = "id, identity or PID of the reporter"
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Storm]:
        found: QuerySet[Storm] = super().get_queryset(request)
        return found.annotate(held_reports=Count("reports"))

    @admin.display(description="reports")
    def held(self, storm: Storm) -> int:
        count: int = storm.held_reports  # type: ignore[attr-defined]
        return count
