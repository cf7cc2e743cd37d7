"""Sealing while others write: a row that commits late is not skipped for ever."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections, transaction

from kernel.ledger import LedgerEntry, record
from kernel.principals import SystemPrincipal
from kernel.sealing import Seal, seal_ledger, seal_ledgers, verify_ledger

pytestmark = pytest.mark.django_db(transaction=True)

BY = SystemPrincipal("tests")


class Writer:
    """Another connection that has written a row and not committed yet."""

    def __init__(self) -> None:
        self.written, self.commit = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self.written.wait(10)

    def _run(self) -> None:
        try:
            with transaction.atomic():
                record("tests.early_id", by=BY)
                self.written.set()
                assert self.commit.wait(30)
        finally:
            connections.close_all()

    def finish(self) -> None:
        self.commit.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def writer() -> Iterator[Writer]:
    one = Writer()
    yield one
    one.finish()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_late_commit_is_covered(writer: Writer, on_postgresql: bool) -> None:
    """On PostgreSQL a row with a lower id commits after one with a higher id; on SQLite there is
    one writer, so sealing itself comes after it."""
    if on_postgresql:
        record("tests.late_id", by=BY)
    begun = threading.Event()

    def seal() -> None:
        begun.set()
        try:
            seal_ledger(LedgerEntry)
        finally:
            connections.close_all()

    sealer = threading.Thread(target=seal)
    sealer.start()
    assert begun.wait(10)
    if on_postgresql:
        until(somebody_waits_for_a_lock)
    assert not Seal.objects.exists()
    writer.finish()
    sealer.join(20)
    if not on_postgresql:
        seal_ledger(LedgerEntry)  # it may have looked before the commit and found nothing to do
    assert sum(seal.row_count for seal in Seal.objects.all()) == LedgerEntry.objects.count()
    assert list(verify_ledger(LedgerEntry)) == []


def test_a_writer_that_does_not_end_leaves_the_ledger_to_the_next_pass(
    writer: Writer, on_postgresql: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if on_postgresql:
        record("tests.late_id", by=BY)
        assert seal_ledgers() == 0
    assert not Seal.objects.exists()
    writer.finish()
    assert seal_ledgers() == LedgerEntry.objects.count()
    assert list(verify_ledger(LedgerEntry)) == []


def test_two_sealers_at_once_seal_each_row_once() -> None:
    for _ in range(5):
        record("tests.row", by=BY)
    start = threading.Barrier(3)

    def seal() -> None:
        start.wait(10)
        try:
            seal_ledger(LedgerEntry)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    start.wait(10)
    for thread in threads:
        thread.join(30)
    assert [seal.row_count for seal in Seal.objects.all()] == [5]
    assert list(verify_ledger(LedgerEntry)) == []
