"""Full text search on PostgreSQL, and indexes for lists, filters and similar cases.

PostgreSQL takes a path, a host, a version or an address for one word. So each text is in the column
twice: as it is, and with what parts such words replaced by blanks, so that a part is found too.

The column is the database's own: it is computed from the row, no model knows it, and SQLite does
without. What reporters may search (title, report) has the weights A and B, the desk's own words C
and D, so that one index serves both. The pending list is kept short because a search reads it
from end to end.
"""

from django.db import migrations, models

_IDS = (
    "incident_id",
    "category",
    "owner",
    "agent_id",
    "trace_id",
    "session_id",
    "bundle_id",
    "change_id",
    "rollout_wave",
    "tool_principal",
    "approval_id",
    "idempotency_key",
)
# A tsvector may take 1 MB; so many characters always fit.
_LONGEST = 60_000
_LONGEST_IN_PARTS = 20_000
_SEPARATORS = r"/._:-\@="
_WORDS = " || ' ' || ".join(_IDS)


def _parts(text):
    blanks = " " * len(_SEPARATORS)
    cut = f"left({text}, {_LONGEST_IN_PARTS})"
    return f"to_tsvector('english', translate({cut}, '{_SEPARATORS}', '{blanks}'))"


_POSTGRESQL = (
    f"""
    ALTER TABLE incidents_incident ADD COLUMN search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('english', left(report, {_LONGEST})), 'B')
        || setweight(to_tsvector('english', left(text, {_LONGEST})), 'C')
        || setweight(to_tsvector('english', {_WORDS}), 'D')
        || setweight({_parts("title")}, 'A')
        || setweight({_parts("report")}, 'B')
        || setweight({_parts("text")}, 'C')
        || setweight({_parts(_WORDS)}, 'D')
    ) STORED
    """,
    # In the row itself: a search reads this column of many rows and the report of few.
    "ALTER TABLE incidents_incident ALTER COLUMN search SET STORAGE MAIN",
    """
    CREATE INDEX incident_search ON incidents_incident USING gin (search)
    WITH (fastupdate = on, gin_pending_list_limit = 256)
    """,
)


def add_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in _POSTGRESQL:
            schema_editor.execute(statement)


def drop_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE incidents_incident DROP COLUMN search")


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_guards_and_first_rows")]
    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["tenant_id", "id"], name="incident_tenant"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["tenant_id", "severity", "id"], name="incident_severity"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                fields=["tenant_id", "fingerprint"],
                condition=~models.Q(fingerprint=""),
                name="incident_same",
            ),
        ),
        migrations.RunPython(add_search, drop_search, elidable=False),
    ]
