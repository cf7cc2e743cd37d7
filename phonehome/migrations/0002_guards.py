"""The gate in the database: no status that can lead to an issue without a matching approval.

A shell, the admin or a raw UPDATE meets the same refusal as the service (architecture.md
§Invariants). Revisions and reviews are append-only.
"""

from django.db import migrations

from kernel.triggers import append_only, refuse, run_sql

RECORD = "phonehome_phonehomerecord"
SHIPMENT = "phonehome_shipment"
NEEDS_APPROVAL = (
    "'approved', 'shipping', 'shipped', 'ship_failed', 'outcome_unknown', 'crosslink_failed'"
)
APPROVED = """
    SELECT 1 FROM phonehome_review review
    JOIN phonehome_packetrevision revision
      ON revision.record_id = review.record_id AND revision.number = review.revision
    WHERE review.record_id = NEW.id
      AND review.decision = 'approved'
      AND review.revision = NEW.revision
      AND review.packet_sha256 = revision.packet_sha256
"""
SHIPMENT_REVIEW = """
    SELECT 1 FROM phonehome_review review
    WHERE review.id = NEW.review_id
      AND review.record_id = NEW.record_id
      AND review.decision = 'approved'
"""
RECORD_TEXT = "phonehome: this status needs an approval of exactly this revision"
SHIPMENT_TEXT = "phonehome: a shipment needs an approval of its packet"


def _guard(table: str, name: str, condition: str, text: str) -> migrations.RunPython:
    """Refuse INSERT and UPDATE of `table` where `condition` holds. PostgreSQL allows no subquery
    in a trigger's WHEN, so there the condition stands in a function."""
    function = f"{table}_{name}"
    triggers = [f"{function}_on_{event.lower()}" for event in ("INSERT", "UPDATE")]
    return run_sql(
        postgresql=[
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {condition} THEN RAISE EXCEPTION 'prism_care: {text}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
            *(
                f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" FOR EACH ROW '
                f"EXECUTE FUNCTION {function}()"
                for trigger, event in zip(triggers, ("INSERT", "UPDATE"), strict=True)
            ),
        ],
        sqlite=[
            f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" WHEN {condition} '
            f"BEGIN SELECT RAISE(ABORT, 'prism_care: {text}'); END"
            for trigger, event in zip(triggers, ("INSERT", "UPDATE"), strict=True)
        ],
        undo=[f'DROP TRIGGER IF EXISTS "{trigger}" ON "{table}"' for trigger in triggers],
    )


class Migration(migrations.Migration):
    dependencies = [("phonehome", "0001_initial")]
    operations = [
        *append_only("phonehome_packetrevision"),
        *append_only("phonehome_review"),
        _guard(
            RECORD,
            "gate",
            f"NEW.status IN ({NEEDS_APPROVAL}) AND NOT EXISTS ({APPROVED})",
            RECORD_TEXT,
        ),
        _guard(SHIPMENT, "gate", f"NOT EXISTS ({SHIPMENT_REVIEW})", SHIPMENT_TEXT),
        refuse(
            RECORD,
            "no_move",
            "UPDATE OF id, tenant_id, incident_id, repo",
            "a packet keeps its incident and repository",
            when="NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id "
            "OR NEW.incident_id <> OLD.incident_id OR NEW.repo <> OLD.repo",
        ),
        refuse(RECORD, "no_delete", "DELETE", "packets are never deleted"),
        refuse("phonehome_attempt", "no_delete", "DELETE", "attempts are never deleted"),
    ]
