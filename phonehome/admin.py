from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from kernel.browse import BrowseAdmin, shortened
from phonehome.models import (
    Attempt,
    CarveOutProof,
    PacketRevision,
    PhoneHomeRecord,
    Review,
    Shipment,
)


@admin.register(PhoneHomeRecord)
class PhoneHomeRecordAdmin(BrowseAdmin):
    """Packets are looked at here and decided about on the review page."""

    list_display = (
        "incident",
        "repo",
        "status",
        "revision",
        "review_due_at",
        "issue_number",
        "error_code",
        "review_page",
    )
    list_filter = ("status", "transport", "error_code")
    list_select_related = ("incident",)
    search_fields = ("=id", "incident__incident_id", "=issue_number")
    search_help_text = "record id, incident id or issue number"
    ordering = ("-id",)
    fields = (
        "review_page",
        "incident",
        "repo",
        "status",
        "revision",
        "review_due_at",
        "issue_url",
        "issue_number",
        "transport",
        "error_code",
        "error_message",
        "shipped_at",
        "cross_linked_at",
        "answered_at",
        "created_at",
        "updated_at",
    )

    @admin.display(description="review")
    def review_page(self, record: PhoneHomeRecord) -> str:
        address = reverse("phonehome_console:review", args=[record.pk])
        return format_html('<a href="{}">Open the review page</a>', address)


@admin.register(PacketRevision)
class PacketRevisionAdmin(BrowseAdmin):
    list_display = ("recorded_at", "record_id", "number", "short_title", "author", "severity")
    list_filter = ("severity", "scope")
    search_fields = ("=record__id", "=packet_sha256", "record__incident__incident_id")
    search_help_text = "record id, digest or incident id"
    ordering = ("-id",)

    @admin.display(description="title")
    def short_title(self, revision: PacketRevision) -> str:
        return shortened(revision.title)


@admin.register(CarveOutProof)
class CarveOutProofAdmin(BrowseAdmin):
    list_display = ("recorded_at", "revision_id", "sections", "characters", "overlaps", "method")
    list_filter = ("method",)
    search_fields = ("=revision__record__id", "=packet_sha256")
    search_help_text = "record id or digest"
    ordering = ("-id",)


@admin.register(Review)
class ReviewAdmin(BrowseAdmin):
    list_display = (
        "recorded_at",
        "record_id",
        "revision",
        "decision",
        "operator_name",
        "surface",
        "reason_code",
    )
    list_filter = ("decision", "surface", "reason_code")
    search_fields = ("=record__id", "operator_name", "=packet_sha256")
    search_help_text = "record id, operator or digest"
    ordering = ("-id",)


@admin.register(Shipment)
class ShipmentAdmin(BrowseAdmin):
    list_display = (
        "created_at",
        "record_id",
        "state",
        "not_before",
        "attempts_made",
        "lease_until",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=record__id")
    ordering = ("-id",)


@admin.register(Attempt)
class AttemptAdmin(BrowseAdmin):
    list_display = (
        "started_at",
        "shipment_id",
        "number",
        "transport",
        "phase",
        "outcome",
        "error_code",
        "finished_at",
    )
    list_filter = ("outcome", "phase", "transport", "error_code")
    search_fields = ("=shipment__id", "=shipment__record__id")
    ordering = ("-id",)
