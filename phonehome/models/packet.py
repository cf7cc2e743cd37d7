"""The packet and its revisions."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from incidents.models import Incident
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow
from phonehome.states import (
    ENDED_WITHOUT_ISSUE,
    REVISABLE,
    PacketStatus,
)


class PhoneHomeRecord(models.Model):
    """One packet: what is to be said to the product team about one incident.

    What would leave is in the current revision; this row holds where the packet stands. The
    database refuses every status of NEEDS_APPROVAL without an approval of the current revision's
    digest (migration `0002_guards`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="packets")
    repo = models.CharField(max_length=140, editable=False)
    status = FSMField(
        choices=PacketStatus.choices,
        default=PacketStatus.PENDING,
        protected=True,
        max_length=24,
    )
    revision = models.PositiveIntegerField(default=1)
    review_due_at = models.DateTimeField()
    issue_url = models.CharField(max_length=300, blank=True)
    issue_number = models.PositiveIntegerField(null=True)
    transport = models.CharField(max_length=20, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    shipped_at = models.DateTimeField(null=True)
    cross_linked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(
        null=True, help_text="When the verb first answered `created`; later answers: `duplicate`."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "phone-home record"
        permissions = [("review_packet", "Can decide about phone-home packets")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "repo"],
                condition=~Q(status__in=ENDED_WITHOUT_ISSUE),
                name="one_packet_per_incident",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[PacketStatus.SHIPPED, PacketStatus.CROSSLINK_FAILED])
                | (~Q(issue_url="") & Q(issue_number__isnull=False)),
                name="shipped_has_issue",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "status", "id"], name="packet_status"),
            models.Index(fields=["status", "review_due_at"], name="packet_due"),
        ]

    def __str__(self) -> str:
        return f"{self.incident.incident_id} → {self.repo}"

    @property
    def current(self) -> "PacketRevision":
        """The revision under review; one query unless prefetched."""
        return self.revisions.get(number=self.revision)

    @property
    def marker(self) -> str:
        """The visible line by which the issue is found again; the same in every revision, so that
        one packet can be only one issue."""
        return marker_of(self.id)

    @transition("status", source=PacketStatus.PENDING, target=PacketStatus.APPROVED)
    def approve(self) -> None:
        """An operator approved the current revision."""

    @transition("status", source=PacketStatus.PENDING, target=PacketStatus.REJECTED)
    def reject(self) -> None:
        """An operator refused the packet."""

    @transition("status", source=PacketStatus.PENDING, target=PacketStatus.CHANGES_REQUESTED)
    def request_changes(self) -> None:
        """An operator wants another revision."""

    @transition("status", source=PacketStatus.PENDING, target=PacketStatus.EXPIRED)
    def expire(self) -> None:
        """Nobody decided in time."""

    @transition("status", source=list(REVISABLE), target=PacketStatus.PENDING)
    def return_to_review(self) -> None:
        """A new revision; whatever was approved is void."""

    @transition(
        "status",
        source=[
            PacketStatus.PENDING,
            PacketStatus.CHANGES_REQUESTED,
            PacketStatus.EXPIRED,
            PacketStatus.APPROVED,
        ],
        target=PacketStatus.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """Clara took it back before it left."""

    @transition(
        "status",
        source=[
            PacketStatus.APPROVED,
            PacketStatus.SHIPPING,
            PacketStatus.SHIP_FAILED,
            PacketStatus.OUTCOME_UNKNOWN,
        ],
        target=PacketStatus.SHIPPING,
    )
    def begin_shipping(self) -> None:
        """A worker claimed the shipment (again, when the last one died)."""

    @transition("status", source=PacketStatus.SHIPPING, target=PacketStatus.SHIPPED)
    def ship(self) -> None:
        """The issue exists."""

    @transition("status", source=PacketStatus.SHIPPING, target=PacketStatus.SHIP_FAILED)
    def fail(self) -> None:
        """The issue is known not to exist."""

    @transition("status", source=PacketStatus.SHIPPING, target=PacketStatus.OUTCOME_UNKNOWN)
    def lose_sight(self) -> None:
        """The issue may exist."""

    @transition("status", source=PacketStatus.SHIPPED, target=PacketStatus.CROSSLINK_FAILED)
    def fail_cross_link(self) -> None:
        """The issue exists; the local rows are missing."""

    @transition(
        "status",
        source=[PacketStatus.SHIPPED, PacketStatus.CROSSLINK_FAILED],
        target=PacketStatus.SHIPPED,
    )
    def finish_cross_link(self) -> None:
        """The local rows are written."""


def marker_of(record_id: UUID) -> str:
    return f"prism-care:packet:{record_id}"


class PacketRevision(LedgerRow):
    """One revision: everything that would leave, and what it was made from. Never changes.

    `body_sha256` is over the body's UTF-8 bytes; `packet_sha256` over everything that will be
    sent (`phonehome.digests`). `sections` keeps both sides; customer ones are not in the body.
    """

    record = models.ForeignKey(PhoneHomeRecord, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    repo = models.CharField(max_length=140)
    repo_visibility = models.CharField(max_length=10)
    title = models.CharField(max_length=256)
    body_markdown = models.TextField()
    source_body = models.TextField(
        blank=True, help_text="The body as it was handed in, before the reference lines."
    )
    labels = models.JSONField()
    severity = models.CharField(max_length=2)
    scope = models.CharField(max_length=20)
    kind = models.CharField(max_length=16)
    sections = models.JSONField(default=list)
    carved_out = models.JSONField(default=list)
    local_artifact_refs = models.JSONField(default=list)
    redaction_report = models.JSONField()
    retained_sensitive_fields = models.JSONField(default=list)
    body_sha256 = models.CharField(max_length=64)
    packet_sha256 = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=40)
    author = models.CharField(max_length=200)

    class Meta(LedgerRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="revision_once"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"
