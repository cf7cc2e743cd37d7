from django.contrib import admin

from kernel.browse import BrowseAdmin
from kernel.models import LedgerEntry, Seal


@admin.register(LedgerEntry)
class LedgerEntryAdmin(BrowseAdmin):
    list_display = ("recorded_at", "action", "actor_label", "subject_type", "subject_id")
    list_filter = ("actor_kind",)
    search_fields = ("action", "actor_label", "subject_id", "correlation_id")
    search_help_text = "action, actor, subject id or correlation id"
    ordering = ("-id",)


@admin.register(Seal)
class SealAdmin(BrowseAdmin):
    list_display = ("sealed_at", "ledger", "number", "row_count", "checkpoint_sha256")
    list_filter = ("ledger",)
    search_fields = ("checkpoint_sha256",)
    ordering = ("-id",)
