"""Append-only rows: the base of every ledger, and the general ledger of what was done.

A ledger row is written in the transaction of the change it records. The database refuses UPDATE,
DELETE and (on PostgreSQL) TRUNCATE by triggers (`kernel.triggers`), batches are sealed by
`kernel.sealing`.
"""

from typing import Any
from uuid import UUID

from django.db import models

from kernel import clock, correlation
from kernel.canonical import canonical_json
from kernel.clock import isoformat
from kernel.ids import new_id
from kernel.principals import Principal


class LedgerRow(models.Model):
    """Base of every ledger. `id` orders the rows of one ledger, `uid` names a row to outsiders."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=new_id, unique=True, editable=False)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    correlation_id = models.CharField(max_length=64, default=correlation.current, editable=False)

    class Meta:
        abstract = True
        ordering = ("id",)

    def leaf(self) -> bytes:
        """What a seal covers: canonical JSON of every column (RFC 8785)."""
        return canonical_json(
            {field.attname: _plain(getattr(self, field.attname)) for field in self._meta.fields}
        )


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return isoformat(value)
    if isinstance(value, UUID):
        return str(value)
    return value


class LedgerEntry(LedgerRow):
    """One fact in the general ledger: who did what to which thing, and what was refused.

    `action` is namespaced (`phonehome.packet.approved`); `data` never holds incident text or a
    secret; names are kept as they were, so that the row reads well after a rename.
    """

    tenant_id = models.UUIDField(null=True, editable=False)
    action = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=20)
    actor_label = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)

    class Meta(LedgerRow.Meta):
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["tenant_id", "subject_type", "subject_id"], name="entry_subject"),
            models.Index(fields=["tenant_id", "action"], name="entry_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_label}"


def record(
    action: str,
    *,
    by: Principal,
    subject: models.Model | None = None,
    tenant_id: UUID | None = None,
    **data: Any,
) -> LedgerEntry:
    """Write one fact to the general ledger, in the caller's transaction."""
    return LedgerEntry.objects.create(
        tenant_id=tenant_id or getattr(subject, "tenant_id", None) or by.tenant_id,
        action=action,
        actor_kind=by.kind,
        actor_label=by.label[:200],
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        data=data,
    )
