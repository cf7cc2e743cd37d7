from django.contrib import admin

from bridge.models import BridgeAudit, Signal
from kernel.browse import BrowseAdmin


@admin.register(Signal)
class SignalAdmin(BrowseAdmin):
    list_display = ("created_at", "sent_by", "sent_to", "signal_type", "category", "status")
    list_filter = ("signal_type", "status", "route")
    search_fields = ("=id", "=thread_id", "from_pid", "from_identity", "to_pid", "to_identity")
    search_help_text = "id, thread, PID or identity"
    ordering = ("-id",)
    # What was said stays out of the list; one signal at a time shows it.
    list_select_related = ()

    @admin.display(description="from")
    def sent_by(self, signal: Signal) -> str:
        return f"{signal.from_identity} · {signal.from_pid}"

    @admin.display(description="to")
    def sent_to(self, signal: Signal) -> str:
        return f"{signal.to_identity} · {signal.to_pid}"


@admin.register(BridgeAudit)
class BridgeAuditAdmin(BrowseAdmin):
    list_display = (
        "routed_at",
        "direction",
        "from_pid",
        "from_identity",
        "to_pid",
        "to_identity",
        "signal_type",
        "category",
    )
    list_filter = ("direction", "signal_type")
    search_fields = ("=signal_id", "from_pid", "to_pid", "correlation_id")
    search_help_text = "signal id, PID or correlation id"
    ordering = ("-id",)
