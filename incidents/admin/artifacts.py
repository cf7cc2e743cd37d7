from django.contrib import admin

from incidents.admin.parts import OfCaseAdmin
from incidents.models import JournalEntry, LaneOwner, Todo
from kernel.browse import BrowseAdmin, shortened


@admin.register(JournalEntry)
class JournalEntryAdmin(OfCaseAdmin):
    list_display = ("created_at", "project", "case", "author", "short_text")
    list_select_related = ("project", "incident")
    search_fields = ("incident__incident_id", "author")
    search_help_text = "incident id or author"
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
    search_help_text = "title or lane owner"
    ordering = ("-id",)


@admin.register(LaneOwner)
class LaneOwnerAdmin(BrowseAdmin):
    list_display = ("lane", "persona", "changed_by", "changed_at")
    list_select_related = ("persona__project",)
    search_fields = ("lane", "persona__identity")
