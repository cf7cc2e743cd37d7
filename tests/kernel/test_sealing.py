"""Seals: what verification finds, and that no row is skipped."""

import hashlib
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel import sealing
from kernel.ledger import LedgerEntry, record
from kernel.principals import SystemPrincipal
from kernel.sealing import EMPTY_ROOT, Seal, merkle_root, seal_ledger, verify_ledger
from tests.kernel.tampering import triggers_off

pytestmark = pytest.mark.django_db

BY = SystemPrincipal("tests")


def sealed(*batches: int) -> list[LedgerEntry]:
    """A ledger of rows in batches of these sizes, each under a seal of its own."""
    rows = []
    for size in batches:
        rows += [record(f"tests.row_{number}", by=BY, n=number) for number in range(size)]
        seal_ledger(LedgerEntry)
    return rows


def found() -> list[str]:
    return [f"{one.where}: {one.what}" for one in verify_ledger(LedgerEntry)]


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_the_merkle_root_is_that_of_rfc_9162() -> None:
    """§2.1.5: the example tree of seven leaves, and the smaller ones inside it."""
    d = [bytes([number]) for number in range(7)]
    g, h = node(leaf(d[0]), leaf(d[1])), node(leaf(d[2]), leaf(d[3]))
    i = node(leaf(d[4]), leaf(d[5]))
    k = node(g, h)
    assert merkle_root([]) == EMPTY_ROOT
    assert merkle_root(d[:1]) == leaf(d[0]).hex()
    assert merkle_root(d[:3]) == node(g, leaf(d[2])).hex()
    assert merkle_root(d[:4]) == k.hex()
    assert merkle_root(d[:6]) == node(k, i).hex()
    assert merkle_root(d) == node(k, node(i, leaf(d[6]))).hex()


def test_seals_cover_every_row_once_and_are_chained() -> None:
    rows = sealed(3, 2)
    first, second = Seal.objects.filter(ledger="kernel.ledgerentry")
    assert (first.first_row, first.last_row, first.row_count) == (rows[0].id, rows[2].id, 3)
    assert (second.first_row, second.last_row, second.row_count) == (rows[3].id, rows[4].id, 2)
    assert (first.previous_sha256, second.previous_sha256) == ("", first.checkpoint_sha256)
    assert found() == []
    assert seal_ledger(LedgerEntry) == []


def test_a_long_ledger_is_sealed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH_ROWS", 4)
    sealed(10)
    assert [seal.row_count for seal in Seal.objects.all()] == [4, 4, 2]
    assert found() == []


def test_rows_after_the_last_seal_are_no_finding() -> None:
    sealed(2)
    record("tests.later", by=BY)
    assert found() == []


def tampered(change: Callable[[list[LedgerEntry]], None], *batches: int) -> list[str]:
    rows = sealed(*(batches or (3, 2)))
    with triggers_off(LedgerEntry):
        change(rows)
    return found()


def test_an_edit_is_found() -> None:
    def edit(rows: list[LedgerEntry]) -> None:
        LedgerEntry.objects.filter(pk=rows[1].pk).update(data={"n": 7})

    (only,) = tampered(edit)
    assert only.startswith("seal 1: a row between")


def test_an_edit_of_any_column_is_found() -> None:
    rows = sealed(1)
    for field, value in (
        ("action", "tests.other"),
        ("actor_label", "x"),
        ("actor_kind", "operator"),
        ("subject_id", "5"),
        ("correlation_id", "req_x"),
        ("tenant_id", rows[0].uid),
        ("recorded_at", rows[0].recorded_at.replace(microsecond=1)),
    ):
        before = getattr(rows[0], field)
        with triggers_off(LedgerEntry):
            LedgerEntry.objects.update(**{field: value})
        assert found(), field
        with triggers_off(LedgerEntry):
            LedgerEntry.objects.update(**{field: before})
        assert found() == [], field


def test_a_deletion_is_found() -> None:
    (only,) = tampered(lambda rows: LedgerEntry.objects.filter(pk=rows[3].pk).delete())
    assert only.startswith("seal 2: covers 2 rows, but 1 are there")


def test_a_reordering_is_found() -> None:
    def swap(rows: list[LedgerEntry]) -> None:
        first, second, spare = rows[0].pk, rows[1].pk, rows[-1].pk + 100
        for source, target in ((first, spare), (second, first), (spare, second)):
            LedgerEntry.objects.filter(pk=source).update(id=target)

    (only,) = tampered(swap)
    assert only.startswith("seal 1: a row between")


def test_a_cut_tail_is_found() -> None:
    (only,) = tampered(lambda rows: LedgerEntry.objects.filter(pk__gte=rows[3].pk).delete())
    assert only.startswith("seal 2: covers 2 rows, but 0 are there")


def test_a_row_slipped_in_is_found() -> None:
    """Ids have gaps (a rolled-back insert leaves one); a row may not appear in one later."""
    rows = sealed(2)
    LedgerEntry.objects.create(
        id=rows[-1].pk + 3, action="tests.next", actor_kind="system", actor_label="x"
    )
    seal_ledger(LedgerEntry)
    LedgerEntry.objects.create(
        id=rows[-1].pk + 2, action="tests.forged", actor_kind="system", actor_label="x"
    )
    (only,) = found()
    assert only.startswith("seal 2: covers 1 rows, but 2 are there")


def test_a_seal_that_was_edited_is_found() -> None:
    sealed(2, 2)
    with triggers_off(Seal):
        Seal.objects.filter(number=1).update(row_count=3)
    assert "seal 1: was edited: its checkpoint does not match its contents" in found()


def test_a_forged_seal_breaks_the_chain() -> None:
    """An edited row under a seal made to fit it: the next seal still holds the old checkpoint."""
    rows = sealed(2, 2)
    first = Seal.objects.get(number=1)
    with triggers_off(LedgerEntry), triggers_off(Seal):
        LedgerEntry.objects.filter(pk=rows[0].pk).update(data={"n": 7})
        first.root_sha256 = merkle_root(
            row.leaf() for row in LedgerEntry.objects.filter(id__lte=first.last_row)
        )
        first.checkpoint_sha256 = first.expected_checkpoint()
        first.save()
    assert found() == ["seal 2: is not chained to the checkpoint before it"]


def test_a_seal_that_is_gone_is_found() -> None:
    sealed(1, 1, 1)
    with triggers_off(Seal):
        Seal.objects.filter(number=2).delete()
    assert found()[0] == "seal 2: is missing"


def test_the_command_says_so_and_fails() -> None:
    sealed(2)
    out = StringIO()
    call_command("verify_ledgers", stdout=out)
    assert "kernel.ledgerentry: ok; 2 rows, 1 seals, 0 rows not sealed yet" in out.getvalue()
    assert "All ledgers verify." in out.getvalue()
    with triggers_off(LedgerEntry):
        LedgerEntry.objects.update(data={})
    out = StringIO()
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_ledgers", stdout=out)
    assert "kernel.ledgerentry: seal 1: a row between" in out.getvalue()


def test_the_command_misses_a_trigger() -> None:
    table = LedgerEntry._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_update{on}")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_ledgers", stdout=out)
    assert f"{table}: triggers: its append-only triggers are missing" in out.getvalue()
