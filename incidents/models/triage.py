"""The five tiers and what was read for them."""

from django.db import models

from incidents.models.incident import Incident
from incidents.states import TierState
from kernel.ledger import LedgerRow

TIERS = (1, 2, 3, 4, 5)


class TriageTier(models.Model):
    """One tier of the five (SPEC-114). `fields` says per field who gave it and when:
    `{"env": {"by": "Clara@PID-PGR01", "at": "2026-04-09T09:20:00Z"}}`."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tiers")
    tier = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=TierState.choices, default=TierState.COMPLETE)
    content = models.JSONField()
    fields = models.JSONField(default=dict)
    completed_by = models.CharField(max_length=200, blank=True)
    completed_at = models.DateTimeField(null=True)
    reopened_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("incident", "tier")
        constraints = [
            models.UniqueConstraint(fields=["incident", "tier"], name="tier_once"),
            models.CheckConstraint(condition=models.Q(tier__in=TIERS), name="tier_1_to_5"),
            models.CheckConstraint(
                condition=~models.Q(state=TierState.COMPLETE)
                | (models.Q(completed_at__isnull=False) & ~models.Q(completed_by="")),
                name="complete_tier_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier}"


class Citation(LedgerRow):
    """What the server read for a field of a tier, and the digest of what it found then.

    `source` names the kind of thing (`signal`, `project`, `roster`, `journal`, `text`, `agent`
    where the value was handed in and found nowhere), `ref` which one.
    """

    tenant_id = models.UUIDField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="citations")
    tier = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    ref = models.CharField(max_length=200, blank=True)
    content_sha256 = models.CharField(max_length=64)
    read_by = models.CharField(max_length=200)

    class Meta(LedgerRow.Meta):
        indexes = [models.Index(fields=["incident", "id"], name="citation_incident")]

    def __str__(self) -> str:
        return f"{self.field} from {self.source} {self.ref}"
