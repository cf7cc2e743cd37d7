"""Seals over ledgers: Merkle trees (RFC 9162 hashing) whose checkpoints are chained.

A seal covers the rows of one ledger after the last seal. Its checkpoint hashes the ledger's name,
its number, the rows it covers, their Merkle root and the checkpoint before it, so that an edit, a
deletion, a reordering and a cut tail each break something `verify` looks at.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from django.apps import apps
from django.db import OperationalError, connection, models, transaction

from kernel import clock
from kernel.canonical import digest_of
from kernel.ledger import LedgerRow

log = structlog.get_logger(__name__)

BATCH_ROWS = 10_000
EMPTY_ROOT = hashlib.sha256(b"").hexdigest()


class Seal(models.Model):
    """One sealed batch of one ledger; itself append-only."""

    id = models.BigAutoField(primary_key=True)
    ledger = models.CharField(max_length=100)
    number = models.PositiveBigIntegerField()
    first_row = models.BigIntegerField()
    last_row = models.BigIntegerField()
    row_count = models.PositiveIntegerField()
    root_sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    checkpoint_sha256 = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("ledger", "number")
        constraints = [
            models.UniqueConstraint(fields=["ledger", "number"], name="seal_number_once"),
            models.UniqueConstraint(fields=["ledger", "first_row"], name="seal_rows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} #{self.number}"

    def expected_checkpoint(self) -> str:
        return digest_of(
            {
                "ledger": self.ledger,
                "number": self.number,
                "first_row": self.first_row,
                "last_row": self.last_row,
                "row_count": self.row_count,
                "root_sha256": self.root_sha256,
                "previous_sha256": self.previous_sha256,
            }
        )


@dataclass(frozen=True)
class Finding:
    """What verification found wrong: in which ledger, at which row or seal, in a sentence."""

    ledger: str
    where: str
    what: str


def ledgers() -> list[type[LedgerRow]]:
    """Every concrete ledger of the installed apps, by name."""
    found = [model for model in apps.get_models() if issubclass(model, LedgerRow)]
    return sorted(found, key=lambda model: model._meta.label_lower)


def merkle_root(leaves: Iterable[bytes]) -> str:
    """RFC 9162 §2.1.1 root of `leaves`, computed in one pass with a stack of log2(n) hashes."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, hashlib.sha256(b"\x00" + leaf).digest()
        while stack and stack[-1][0] == height:
            node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
    if not stack:
        return EMPTY_ROOT
    node = stack.pop()[1]
    while stack:
        node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
    return node.hex()


def seal_ledger(model: type[LedgerRow]) -> list[Seal]:
    """Seal every committed row of one ledger that has no seal yet; empty when there is none."""
    made = []
    while (seal := _seal_batch(model)) is not None:
        made.append(seal)
    return made


def seal_ledgers() -> int:
    """Seal every ledger; how many rows were covered. A ledger whose writers do not pause in time
    is left to the next pass."""
    covered = 0
    for model in ledgers():
        try:
            covered += sum(seal.row_count for seal in seal_ledger(model))
        except OperationalError:
            log.warning("ledger.not_sealed", ledger=model._meta.label_lower, exc_info=True)
    return covered


@transaction.atomic
def _seal_batch(model: type[LedgerRow]) -> Seal | None:
    name = model._meta.label_lower
    if not model._default_manager.filter(id__gt=_last_sealed(name)).exists():
        return None
    _wait_for_writers(model)
    last = Seal.objects.filter(ledger=name).order_by("-number").first()
    rows = list(
        model._default_manager.filter(id__gt=last.last_row if last else 0).order_by("id")[
            :BATCH_ROWS
        ]
    )
    if not rows:
        return None
    seal = Seal(
        ledger=name,
        number=last.number + 1 if last else 1,
        first_row=rows[0].id,
        last_row=rows[-1].id,
        row_count=len(rows),
        root_sha256=merkle_root(row.leaf() for row in rows),
        previous_sha256=last.checkpoint_sha256 if last else "",
    )
    seal.checkpoint_sha256 = seal.expected_checkpoint()
    seal.save(force_insert=True)
    return seal


def _last_sealed(name: str) -> int:
    return Seal.objects.filter(ledger=name).aggregate(last=models.Max("last_row"))["last"] or 0


def _wait_for_writers(model: type[LedgerRow]) -> None:
    """Ids do not commit in order on PostgreSQL: a row with a lower id may still be in flight and
    would be skipped for ever. A SHARE lock waits for the writers that have begun; SQLite has only
    one writer, and this transaction is it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(
                f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} "
                "IN SHARE ROW EXCLUSIVE MODE"
            )


def verify_ledger(model: type[LedgerRow]) -> Iterator[Finding]:
    """Compare every seal of one ledger with its rows; yields what is wrong, first thing first."""
    name = model._meta.label_lower
    previous, next_number, covered = "", 1, 0
    for seal in Seal.objects.filter(ledger=name).order_by("number").iterator():
        where = f"seal {seal.number}"
        if seal.number != next_number:
            yield Finding(name, f"seal {next_number}", "is missing")
        if seal.checkpoint_sha256 != seal.expected_checkpoint():
            yield Finding(name, where, "was edited: its checkpoint does not match its contents")
        if seal.previous_sha256 != previous:
            yield Finding(name, where, "is not chained to the checkpoint before it")
        rows = model._default_manager.filter(id__gt=covered, id__lte=seal.last_row).order_by("id")
        count = rows.count()
        if count != seal.row_count:
            yield Finding(
                name, where, f"covers {seal.row_count} rows, but {count} are there: rows "
                f"{covered + 1} to {seal.last_row}"
            )  # fmt: skip
        elif merkle_root(row.leaf() for row in rows.iterator(chunk_size=2000)) != seal.root_sha256:
            yield Finding(
                name, where, f"a row between {seal.first_row} and {seal.last_row} was changed"
            )
        previous, next_number, covered = seal.checkpoint_sha256, seal.number + 1, seal.last_row
