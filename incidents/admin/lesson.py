from typing import ClassVar

from django.contrib import admin

from incidents.admin.parts import OfCaseAdmin, Rows, case_link
from incidents.models import CorrectiveAction, Postmortem, PostmortemVersion, Waiver
from kernel.browse import BrowseAdmin, shortened


class CorrectiveRows(Rows):
    model = CorrectiveAction
    fields = readonly_fields = ("kind", "ref", "owner", "due_at", "state", "note")


@admin.register(Postmortem)
class PostmortemAdmin(OfCaseAdmin):
    list_display = ("postmortem_id", "case", "project", "status", "issue_url", "created_at")
    list_filter = ("status",)
    list_select_related = ("incident", "project")
    search_fields = ("postmortem_id", "incident__incident_id")
    search_help_text = "postmortem id or incident id"
    ordering = ("-id",)
    inlines: ClassVar = [CorrectiveRows]


@admin.register(PostmortemVersion)
class PostmortemVersionAdmin(BrowseAdmin):
    list_display = ("recorded_at", "postmortem", "case", "number", "author")
    list_select_related = ("postmortem__incident",)
    search_fields = ("postmortem__postmortem_id", "postmortem__incident__incident_id", "author")
    search_help_text = "postmortem id, incident id or author"
    ordering = ("-id",)

    @admin.display(description="case")
    def case(self, version: PostmortemVersion) -> str:
        return case_link(version.postmortem.incident)


@admin.register(CorrectiveAction)
class CorrectiveActionAdmin(BrowseAdmin):
    list_display = ("ref", "kind", "case", "owner", "state", "due_at", "settled_at")
    list_filter = ("state", "kind")
    list_select_related = ("postmortem__incident",)
    search_fields = ("ref", "owner", "retires", "postmortem__incident__incident_id")
    search_help_text = "artifact, owner, retired path or incident id"
    ordering = ("-id",)

    @admin.display(description="case")
    def case(self, action: CorrectiveAction) -> str:
        return case_link(action.postmortem.incident)


@admin.register(Waiver)
class WaiverAdmin(OfCaseAdmin):
    list_display = ("recorded_at", "case", "signed_by", "short_reason")
    list_select_related = ("incident",)
    search_fields = ("incident__incident_id", "signed_by")
    search_help_text = "incident id or who signed"
    ordering = ("-id",)

    @admin.display(description="reason")
    def short_reason(self, waiver: Waiver) -> str:
        return shortened(waiver.reason)
