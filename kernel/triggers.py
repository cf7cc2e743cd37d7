"""Database triggers, the same promise on PostgreSQL and SQLite, installed by migrations.

Each helper returns migration operations. The error text starts with `prism_care:` so that a
person who meets it in a shell knows whose rule it is.
"""

from typing import Any

from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION prism_care_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'prism_care: %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def run_sql(*, postgresql: list[str], sqlite: list[str], undo: list[str]) -> Operation:
    """SQL of one vendor each, forwards; `undo` runs on both."""

    def forwards(apps, schema_editor):  # type: ignore[no-untyped-def]
        statements = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
        with schema_editor.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def backwards(apps, schema_editor):  # type: ignore[no-untyped-def]
        with schema_editor.connection.cursor() as cursor:
            for statement in undo:
                if schema_editor.connection.vendor != "postgresql":
                    statement = statement.split(" ON ")[0]
                cursor.execute(statement)

    return RunPython(forwards, backwards, elidable=False)


def refuse(table: str, name: str, event: str, message: str, when: str = "") -> Operation:
    """Refuse `event` (`UPDATE`, `DELETE`, `UPDATE OF a, b`) on `table`, where `when` holds.

    `when` is SQL that both databases read, with OLD and NEW.
    """
    trigger = f"{table}_{name}"
    condition = f"WHEN ({when})" if when else ""
    text = f"{table}: {message}".replace("'", "''")
    return run_sql(
        postgresql=[
            _POSTGRES_FUNCTION,
            f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" FOR EACH ROW {condition} '
            f"EXECUTE FUNCTION prism_care_refuse('{text}')",
        ],
        sqlite=[
            f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" {condition} '
            f"BEGIN SELECT RAISE(ABORT, 'prism_care: {text}'); END"
        ],
        undo=[f'DROP TRIGGER IF EXISTS "{trigger}" ON "{table}"'],
    )


def refuse_truncate(table: str) -> Operation:
    """Refuse TRUNCATE on PostgreSQL; SQLite has none (its DELETE is refused row by row)."""
    trigger = f"{table}_no_truncate"
    return run_sql(
        postgresql=[
            _POSTGRES_FUNCTION,
            f'CREATE TRIGGER "{trigger}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT '
            f"EXECUTE FUNCTION prism_care_refuse('{table}: rows are append-only')",
        ],
        sqlite=[],
        undo=[f'DROP TRIGGER IF EXISTS "{trigger}" ON "{table}"'],
    )


def refuse_replace(table: str) -> Operation:
    """Refuse INSERT OR REPLACE on SQLite, which deletes the row in its way without telling the
    DELETE triggers. PostgreSQL's ON CONFLICT updates, and the UPDATE triggers see it.

    An insert that meets a unique value of an existing row would fail anyhow. Partial indexes are
    left out: their condition decides whether a row is in the way.
    """
    trigger = f"{table}_no_replace"

    def forwards(apps, schema_editor):  # type: ignore[no-untyped-def]
        if schema_editor.connection.vendor != "sqlite":
            return
        with schema_editor.connection.cursor() as cursor:
            meets = " OR ".join(
                "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"
                for columns in _unique_columns(cursor, table)
            )
            in_the_way = f'SELECT 1 FROM "{table}" WHERE {meets}'  # noqa: S608 - names of ours
            cursor.execute(
                f'CREATE TRIGGER "{trigger}" BEFORE INSERT ON "{table}" WHEN EXISTS ({in_the_way}) '
                f"BEGIN SELECT RAISE(ABORT, 'prism_care: {table}: this row exists and is "
                "append-only'); END"
            )

    def backwards(apps, schema_editor):  # type: ignore[no-untyped-def]
        if schema_editor.connection.vendor == "sqlite":
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger}"')

    return RunPython(forwards, backwards, elidable=False)


def _unique_columns(cursor: Any, table: str) -> list[list[str]]:
    """The columns of the primary key and of every full unique index of an SQLite table."""
    cursor.execute(f'PRAGMA table_info("{table}")')
    found = [[row[1] for row in cursor.fetchall() if row[5]]]
    cursor.execute(f'PRAGMA index_list("{table}")')
    for _, index, unique, _, partial in cursor.fetchall():
        if unique and not partial:
            cursor.execute(f'PRAGMA index_info("{index}")')
            found.append([row[2] for row in cursor.fetchall()])
    return found


def append_only(table: str) -> list[Operation]:
    """A ledger: neither UPDATE nor DELETE nor TRUNCATE nor REPLACE."""
    return [
        refuse(table, "no_update", "UPDATE", "rows are append-only"),
        refuse(table, "no_delete", "DELETE", "rows are append-only"),
        refuse_truncate(table),
        refuse_replace(table),
    ]
