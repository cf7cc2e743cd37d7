"""Calls of `prism_phone_home` as SPEC-115 has them."""

from typing import Any

from phonehome.models import PhoneHomeRecord
from tests.cast import Cast
from tests.phonehome.packets import approved_packet, carry

RETURN_FIELDS = {
    "status",
    "transport",
    "repo",
    "issue_url",
    "issue_number",
    "idempotency_key",
    "local_artifact_refs",
    "redaction_report",
    "error",
}


def call_of(record: PhoneHomeRecord, **changes: Any) -> dict[str, Any]:
    """The call that ships `record`, approved by frank; `changes` replace parameters."""
    revision = record.current
    call = {
        "pid": record.incident.project.pid,
        "incident_id": record.incident.incident_id,
        "severity": revision.severity,
        "scope": revision.scope,
        "kind": revision.kind,
        "title": revision.title,
        "body_markdown": revision.body_markdown,
        "redaction_report": {"status": "passed", "body_sha256": revision.body_sha256},
        "operator_review": {
            "approved": True,
            "approved_by": "frank",
            "review_surface": "dashboard",
        },
    }
    return {**call, **changes}


def filed_packet(cast: Cast, **texts: str) -> PhoneHomeRecord:
    """Approved and carried; the verb has not been called yet."""
    record = approved_packet(cast, **texts)
    assert carry(record)
    return record
