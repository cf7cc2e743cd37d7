"""Looks whether the triggers that guard the ledgers are in the database."""

from django.db import connection

from kernel.sealing import Seal, ledgers


def missing_guards() -> list[str]:
    """Ledger tables whose append-only triggers are not in the database: altering a table on
    SQLite rebuilds it and drops them, so the migration has to add them again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    tables = [*(model._meta.db_table for model in ledgers()), Seal._meta.db_table]
    return [
        table for table in tables if not {f"{table}_no_update", f"{table}_no_delete"} <= present
    ]
