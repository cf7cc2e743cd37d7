"""Looks whether the triggers that guard the ledgers are in the database."""

from django.db import connection

from kernel.sealing import Seal, ledgers


def missing_guards() -> list[str]:
    """Ledger tables whose append-only triggers are not in the database: altering a table on
    SQLite rebuilds it and drops them, so the migration has to add them again."""
    wanted = {"no_update", "no_delete"}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
            )
            wanted.add("no_truncate")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted.add("no_replace")
        present = {row[0] for row in cursor.fetchall()}
    tables = [*(model._meta.db_table for model in ledgers()), Seal._meta.db_table]
    return [table for table in tables if not {f"{table}_{name}" for name in wanted} <= present]
