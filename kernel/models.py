"""The kernel's rows: the general ledger, seals, and stored answers of idempotent requests."""

from django.db import models

from kernel import clock
from kernel.ledger import LedgerEntry, LedgerRow
from kernel.sealing import Seal

__all__ = ["IdempotentAnswer", "LedgerEntry", "LedgerRow", "Seal"]


class IdempotentAnswer(models.Model):
    """The first answer to a request with an Idempotency-Key, stored with the work it did.

    `caller` is the agent key's id: keys of two callers never meet. `fingerprint` is SHA-256 over
    method, path and body.
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.caller}/{self.key}"
