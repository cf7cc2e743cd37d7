"""Database triggers, the same promise on PostgreSQL and SQLite, installed by migrations.

Each helper returns migration operations. The error text starts with `prism_care:` so that a
person who meets it in a shell knows whose rule it is.
"""

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


def append_only(table: str) -> list[Operation]:
    """A ledger: neither UPDATE nor DELETE nor TRUNCATE."""
    return [
        refuse(table, "no_update", "UPDATE", "rows are append-only"),
        refuse(table, "no_delete", "DELETE", "rows are append-only"),
        refuse_truncate(table),
    ]
