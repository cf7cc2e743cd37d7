from typing import ClassVar

from django.contrib import admin

from incidents.admin.parts import OfCaseAdmin, Rows, case_link
from incidents.models import (
    BusinessCalendar,
    Deadline,
    DeadlinePause,
    DeadlinePolicy,
    Escalation,
    EscalationStep,
)
from kernel.browse import BrowseAdmin, shortened


class PauseRows(Rows):
    model = DeadlinePause
    fields = readonly_fields = ("recorded_at", "paused", "reason", "actor")


class EscalationRows(Rows):
    model = Escalation
    fields = readonly_fields = ("fired_at", "kind", "after_percent", "address", "delivery")


@admin.register(Deadline)
class DeadlineAdmin(OfCaseAdmin):
    list_display = ("due_at", "stage", "state", "severity", "case", "intake_id", "breached_at")
    list_filter = (
        "stage",
        "state",
        "severity",
        "was_at_risk",
        ("breached_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("incident",)
    search_fields = ("=id", "incident__incident_id", "=intake__id", "=ref")
    search_help_text = "id of the deadline, the case, the intake or the packet"
    ordering = ("-id",)
    raw_id_fields = ("intake", "incident", "policy")
    inlines: ClassVar = [PauseRows, EscalationRows]


@admin.register(DeadlinePause)
class DeadlinePauseAdmin(BrowseAdmin):
    list_display = ("recorded_at", "paused", "deadline", "case", "actor", "short_reason")
    list_filter = ("paused",)
    list_select_related = ("deadline__incident",)
    search_fields = ("=deadline__id", "deadline__incident__incident_id", "actor")
    search_help_text = "id of the deadline, incident id or who did it"
    ordering = ("-id",)

    @admin.display(description="case")
    def case(self, pause: DeadlinePause) -> str:
        return case_link(pause.deadline.incident)

    @admin.display(description="reason")
    def short_reason(self, pause: DeadlinePause) -> str:
        return shortened(pause.reason)


@admin.register(Escalation)
class EscalationAdmin(BrowseAdmin):
    list_display = ("fired_at", "kind", "after_percent", "stage", "case", "delivery", "address")
    list_filter = ("kind", "delivery", "deadline__stage")
    list_select_related = ("deadline__incident",)
    search_fields = ("=deadline__id", "deadline__incident__incident_id", "address")
    search_help_text = "id of the deadline, incident id or address"
    ordering = ("-id",)

    @admin.display(description="stage")
    def stage(self, escalation: Escalation) -> str:
        return escalation.deadline.get_stage_display()

    @admin.display(description="case")
    def case(self, escalation: Escalation) -> str:
        return case_link(escalation.deadline.incident)


class StepRows(Rows):
    model = EscalationStep
    fields = readonly_fields = ("after_percent", "kind", "address")


@admin.register(DeadlinePolicy)
class DeadlinePolicyAdmin(BrowseAdmin):
    list_display = ("stage", "severity", "tenant", "minutes", "at_risk_percent", "calendar")
    list_filter = ("stage", "severity")
    list_select_related = ("tenant", "calendar")
    inlines: ClassVar = [StepRows]


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(BrowseAdmin):
    list_display = ("name", "tenant", "timezone", "opens", "closes", "country", "subdivision")
    list_select_related = ("tenant",)
    search_fields = ("name", "timezone", "country")
