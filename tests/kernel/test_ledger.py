"""Ledgers are append-only, whoever asks: the ORM, raw SQL, TRUNCATE."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from access.models import PersonaStamp
from kernel.guards import missing_guards
from kernel.ledger import LedgerEntry, LedgerRow, record
from kernel.principals import SystemPrincipal
from kernel.sealing import Seal, ledgers, seal_ledger
from tests.cast import Cast
from tests.kernel.tampering import triggers_off

pytestmark = pytest.mark.django_db

BY = SystemPrincipal("tests")


def refused(attempt: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        attempt()
    assert "prism_care:" in str(caught.value)
    assert "append-only" in str(caught.value)


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_fact_names_who_did_what_to_which_thing(cast: Cast) -> None:
    entry = record("tests.done", by=cast.operator, subject=cast.home, note="é")
    entry.refresh_from_db()
    assert (entry.actor_kind, entry.actor_label) == ("operator", "frank")
    assert (entry.subject_type, entry.subject_id) == ("access.project", str(cast.home.pk))
    assert entry.tenant_id == cast.home.tenant_id
    assert entry.data == {"note": "é"}
    assert entry.correlation_id.startswith("req_")


def test_the_orm_cannot_change_or_delete_a_row() -> None:
    entry = record("tests.done", by=BY)
    entry.action = "tests.undone"
    refused(entry.save)
    refused(entry.delete)
    refused(lambda: LedgerEntry.objects.update(action="tests.undone"))
    refused(lambda: LedgerEntry.objects.all().delete())
    refused(lambda: LedgerEntry.objects.bulk_update([entry], ["action"]))


def test_raw_sql_cannot_either() -> None:
    record("tests.done", by=BY)
    refused(lambda: raw("UPDATE kernel_ledgerentry SET actor_label = 'somebody else'"))
    refused(lambda: raw("DELETE FROM kernel_ledgerentry"))
    if connection.vendor == "postgresql":
        refused(lambda: raw("TRUNCATE kernel_ledgerentry"))
    assert LedgerEntry.objects.get().action == "tests.done"


@pytest.mark.parametrize("new", ["id", "id + 1"])
def test_nor_can_an_insert_that_replaces(new: str) -> None:
    """SQLite's REPLACE deletes what stands in its way, by any unique column, and DELETE triggers
    do not hear of it; PostgreSQL's ON CONFLICT updates."""
    record("tests.done", by=BY)
    columns = "uid, recorded_at, correlation_id, tenant_id, action, actor_kind, actor_label, "
    columns += "subject_type, subject_id, data"
    values = f"SELECT {new}, {columns.replace('actor_label', repr('forged'))}"
    insert = f"INTO kernel_ledgerentry (id, {columns}) {values} FROM kernel_ledgerentry WHERE true"
    if connection.vendor == "postgresql":
        target = "id" if new == "id" else "uid"
        refused(lambda: raw(f"INSERT {insert} ON CONFLICT ({target}) DO UPDATE SET action = 'x'"))
    else:
        refused(lambda: raw(f"INSERT OR REPLACE {insert}"))
        refused(lambda: raw(f"REPLACE {insert}"))
    assert LedgerEntry.objects.get().actor_label == BY.label


def test_seals_are_append_only_too() -> None:
    record("tests.done", by=BY)
    seal_ledger(LedgerEntry)
    refused(lambda: Seal.objects.update(row_count=0))
    refused(lambda: raw("DELETE FROM kernel_seal"))


def test_every_ledger_refuses(cast: Cast) -> None:
    """Each ledger that has a row by now; the triggers of all of them are looked for below."""
    seen = {model for model in ledgers() if model._default_manager.exists()}
    assert {LedgerEntry, PersonaStamp} <= seen
    for model in seen:
        refused(lambda model=model: model._default_manager.update(correlation_id="forged"))
        refused(lambda model=model: raw(f"DELETE FROM {model._meta.db_table}"))


def test_a_dropped_trigger_is_noticed() -> None:
    assert missing_guards() == []
    table = LedgerEntry._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with transaction.atomic():
        raw(f"DROP TRIGGER {table}_no_delete{on}")
        assert missing_guards() == [table]
        transaction.set_rollback(True)
    assert missing_guards() == []


def test_what_a_seal_covers_is_every_column() -> None:
    entry = record("tests.done", by=BY)
    before = entry.leaf()
    for field in LedgerRow._meta.get_fields() or LedgerEntry._meta.fields:
        assert f'"{field.attname}"'.encode() in before  # type: ignore[union-attr]
    with triggers_off(LedgerEntry):
        LedgerEntry.objects.update(actor_label="somebody else")
    entry.refresh_from_db()
    assert entry.leaf() != before
