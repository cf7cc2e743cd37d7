"""Decisions of operators."""

from django.conf import settings
from django.db import models

from kernel.ledger import LedgerRow
from phonehome.models.packet import PhoneHomeRecord
from phonehome.states import Decision, RejectReason, ReviewSurface


class Review(LedgerRow):
    """One person's decision about one revision's exact digest; append-only.

    The name is kept beside the account, so that the row reads the same after a rename.
    """

    tenant_id = models.UUIDField()
    record = models.ForeignKey(PhoneHomeRecord, on_delete=models.PROTECT, related_name="reviews")
    revision = models.PositiveIntegerField()
    packet_sha256 = models.CharField(max_length=64)
    decision = models.CharField(max_length=20, choices=Decision.choices)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    operator_name = models.CharField(max_length=150)
    surface = models.CharField(max_length=12, choices=ReviewSurface.choices)
    reason_code = models.CharField(max_length=20, choices=RejectReason.choices, blank=True)
    notes = models.TextField(blank=True)
    acknowledged_fields = models.JSONField(default=list)

    class Meta(LedgerRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["record", "revision"],
                condition=models.Q(decision=Decision.APPROVED),
                name="approved_once_per_revision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} by {self.operator_name}"
