"""The gate in the database: no status that can lead to an issue without a matching approval.

A shell, the admin or a raw UPDATE meets the same refusal as the service (architecture.md
§Invariants). Revisions and reviews are append-only.
"""

from django.db import migrations

from kernel.triggers import append_only, refuse, refuse_replace, run_sql

RECORD = "phonehome_phonehomerecord"
REVIEW = "phonehome_review"
SHIPMENT = "phonehome_shipment"
ATTEMPT = "phonehome_attempt"
NEEDS_APPROVAL = (
    "'approved', 'shipping', 'shipped', 'ship_failed', 'outcome_unknown', 'crosslink_failed'"
)
# The status machine of the model, in the database as well: an ended packet stays ended, and what
# was filed is never sent again.
MOVES = {
    "pending_operator_review": (
        "approved",
        "rejected",
        "changes_requested",
        "expired",
        "withdrawn",
    ),
    "changes_requested": ("pending_operator_review", "withdrawn"),
    "expired": ("pending_operator_review", "withdrawn"),
    "approved": ("pending_operator_review", "withdrawn", "shipping"),
    "shipping": ("shipped", "ship_failed", "outcome_unknown"),
    "ship_failed": ("pending_operator_review", "shipping"),
    "outcome_unknown": ("shipping",),
    "shipped": ("crosslink_failed",),
    "crosslink_failed": ("shipped",),
}
NO_SUCH_MOVE = "NEW.status <> OLD.status AND NOT ({})".format(
    " OR ".join(
        "(OLD.status = '{}' AND NEW.status IN ({}))".format(
            source, ", ".join(f"'{target}'" for target in targets)
        )
        for source, targets in MOVES.items()
    )
)
APPROVED = """
    SELECT 1 FROM phonehome_review review
    JOIN phonehome_packetrevision revision
      ON revision.record_id = review.record_id AND revision.number = review.revision
    WHERE review.record_id = NEW.id
      AND review.tenant_id = NEW.tenant_id
      AND review.decision = 'approved'
      AND review.revision = NEW.revision
      AND review.packet_sha256 = revision.packet_sha256
"""
# A decision is about the packet as it lies in review now, by someone who may enter the console.
DECIDED = """
    SELECT 1 FROM phonehome_phonehomerecord record
    JOIN phonehome_packetrevision revision
      ON revision.record_id = record.id AND revision.number = record.revision
    JOIN access_user operator ON operator.id = NEW.operator_id
    WHERE record.id = NEW.record_id
      AND record.tenant_id = NEW.tenant_id
      AND record.status = 'pending_operator_review'
      AND record.revision = NEW.revision
      AND revision.packet_sha256 = NEW.packet_sha256
      AND operator.is_active AND operator.is_staff
"""
SHIPMENT_REVIEW = """
    SELECT 1 FROM phonehome_review review
    WHERE review.id = NEW.review_id
      AND review.record_id = NEW.record_id
      AND review.tenant_id = NEW.tenant_id
      AND review.decision = 'approved'
"""
JUST_APPROVED = """
    SELECT 1 FROM phonehome_review review
    JOIN phonehome_phonehomerecord record ON record.id = review.record_id
    WHERE review.id = NEW.review_id
      AND review.revision = record.revision
      AND record.status = 'approved'
"""
RECORD_TEXT = "phonehome: this status needs an approval of exactly this revision"
REVIEW_TEXT = "phonehome: a decision is made by an operator about the packet in review"
SHIPMENT_TEXT = "phonehome: a shipment needs an approval of its packet"
NEW_SHIPMENT_TEXT = "phonehome: a shipment begins with an approved packet"
BOTH = ("INSERT", "UPDATE")

# Said again beside the unique index, because SQLite's REPLACE removes the row that is in its way.
ANOTHER = """
    SELECT 1 FROM phonehome_phonehomerecord other
    WHERE other.incident_id = NEW.incident_id
      AND other.repo = NEW.repo
      AND other.status NOT IN ('rejected', 'withdrawn')
"""
ANOTHER_TEXT = "phonehome: there is a packet for this incident and repository"


def _guard(
    table: str, name: str, condition: str, text: str, events: tuple[str, ...] = BOTH
) -> migrations.RunPython:
    """Refuse `events` on `table` where `condition` holds. PostgreSQL allows no subquery in a
    trigger's WHEN, so there the condition stands in a function."""
    function = f"{table}_{name}"
    triggers = [f"{function}_on_{event.lower()}" for event in events]
    return run_sql(
        postgresql=[
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {condition} THEN RAISE EXCEPTION 'prism_care: {text}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
            *(
                f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" FOR EACH ROW '
                f"EXECUTE FUNCTION {function}()"
                for trigger, event in zip(triggers, events, strict=True)
            ),
        ],
        sqlite=[
            f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" WHEN {condition} '
            f"BEGIN SELECT RAISE(ABORT, 'prism_care: {text}'); END"
            for trigger, event in zip(triggers, events, strict=True)
        ],
        undo=[f'DROP TRIGGER IF EXISTS "{trigger}" ON "{table}"' for trigger in triggers],
    )


class Migration(migrations.Migration):
    dependencies = [("phonehome", "0001_initial"), ("access", "0001_initial")]
    operations = [
        *append_only("phonehome_packetrevision"),
        *append_only("phonehome_review"),
        _guard(
            RECORD,
            "gate",
            f"NEW.status IN ({NEEDS_APPROVAL}) AND NOT EXISTS ({APPROVED})",
            RECORD_TEXT,
        ),
        _guard(RECORD, "once", f"EXISTS ({ANOTHER})", ANOTHER_TEXT, ("INSERT",)),
        _guard(REVIEW, "gate", f"NOT EXISTS ({DECIDED})", REVIEW_TEXT, ("INSERT",)),
        _guard(
            SHIPMENT,
            "gate",
            f"NEW.state <> 'cancelled' AND NOT EXISTS ({SHIPMENT_REVIEW})",
            SHIPMENT_TEXT,
        ),
        _guard(SHIPMENT, "begin", f"NOT EXISTS ({JUST_APPROVED})", NEW_SHIPMENT_TEXT, ("INSERT",)),
        refuse(RECORD, "no_jump", "UPDATE", "there is no such change of status", NO_SUCH_MOVE),
        refuse(
            RECORD,
            "no_return",
            "UPDATE",
            "an earlier revision never comes back",
            when="NEW.revision < OLD.revision",
        ),
        refuse(
            RECORD,
            "no_move",
            "UPDATE OF id, tenant_id, incident_id, repo",
            "a packet keeps its incident and repository",
            when="NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id "
            "OR NEW.incident_id <> OLD.incident_id OR NEW.repo <> OLD.repo",
        ),
        refuse(RECORD, "no_delete", "DELETE", "packets are never deleted"),
        *(refuse_replace(table) for table in (RECORD, SHIPMENT, ATTEMPT)),
        refuse(
            SHIPMENT,
            "no_return",
            "UPDATE",
            "an ended shipment stays ended",
            when="OLD.state IN ('done', 'cancelled') AND NEW.state <> OLD.state",
        ),
        refuse(SHIPMENT, "no_delete", "DELETE", "shipments are never deleted"),
        refuse(
            ATTEMPT,
            "no_denial",
            "UPDATE",
            "that an issue may exist is not taken back",
            when="OLD.creating_at IS NOT NULL "
            "AND (NEW.creating_at IS NULL OR NEW.creating_at <> OLD.creating_at)",
        ),
        refuse(ATTEMPT, "no_delete", "DELETE", "attempts are never deleted"),
    ]
