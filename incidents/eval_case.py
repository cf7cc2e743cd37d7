"""An incident as a case for a regression suite: redacted input, expected outcome.

The same rows give the same bytes: canonical JSON, no clock, no counter. The id is the incident's
for good, so that a suite replaces a case instead of collecting it twice. Source: seed 002 §9.
"""

from typing import Any

import redaction
from access.selectors import known_names
from incidents.citations import text_digest
from incidents.desk.rubric import RUBRIC_VERSION
from incidents.documents.shape import Schema
from incidents.errors import EVAL_CASE_NOT_CLEAN, EVAL_CASE_NOT_READY
from incidents.models import Incident, Postmortem
from incidents.states import Classification, Kind, Scope, Severity
from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import CareError

EVAL_CASE = "eval_case"
SCHEMA_VERSION = 1

_DIGEST = {"type": "string", "pattern": r"^[0-9a-f]{64}$(?!\n)"}
_TEXT_OR_NULL = {"type": ["string", "null"]}


def _object(description: str, properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


EVAL_CASE_SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"urn:prism-care:schema:{EVAL_CASE}:{SCHEMA_VERSION}",
    "title": EVAL_CASE,
    **_object(
        "What the desk read in an incident, redacted, and what a person or the desk made of it. "
        "The file is canonical JSON (RFC 8785).",
        {
            "kind": {"const": EVAL_CASE},
            "eval_id": {
                "type": "string",
                "pattern": r"^eval-inc-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{3,6}$(?!\n)",
                "description": "Stable: `eval-` and the incident's id.",
            },
            "schema_version": {"const": SCHEMA_VERSION},
            "input": _object("What to hand to the desk.", {"text": {"type": "string"}}),
            "expected": _object(
                "What the desk should say of it; a category is null where none was given.",
                {
                    "classification": {"enum": list(Classification.values)},
                    "severity": {"enum": list(Severity.values)},
                    "scope": {"enum": list(Scope.values)},
                    "kind": {"enum": list(Kind.values)},
                    "eligible": {"type": "boolean"},
                    "category": _TEXT_OR_NULL,
                },
            ),
            "provenance": _object(
                "Where it comes from. `text_sha256` is of the text before redaction, which stays "
                "where it was written.",
                {
                    "incident_id": {"type": "string"},
                    "postmortem_id": _TEXT_OR_NULL,
                    "text_sha256": _DIGEST,
                    "input_sha256": _DIGEST,
                    "redaction_rules": {"type": "string"},
                    "rubric": {"type": "string"},
                },
            ),
        },
    ),
}


def eval_id_of(incident: Incident) -> str:
    return f"eval-{incident.incident_id}"


def eval_case_of(incident: Incident) -> dict[str, Any]:
    """The case. Raises eval_case_not_ready before the triage is complete, eval_case_not_clean
    when something is still found in the redacted text."""
    if incident.eligible is None:
        raise CareError(EVAL_CASE_NOT_READY)
    text, report = redaction.redact_and_report(incident.case_text, known_names(incident.tenant_id))
    if report["status"] != "passed":
        raise CareError(EVAL_CASE_NOT_CLEAN)
    postmortem = Postmortem.objects.filter(incident=incident).first()
    return {
        "kind": EVAL_CASE,
        "eval_id": eval_id_of(incident),
        "schema_version": SCHEMA_VERSION,
        "input": {"text": text},
        "expected": {
            "classification": Classification.INCIDENT.value,
            "severity": incident.severity,
            "scope": incident.scope,
            "kind": incident.kind,
            "eligible": incident.eligible,
            "category": incident.category or None,
        },
        "provenance": {
            "incident_id": incident.incident_id,
            "postmortem_id": postmortem.postmortem_id if postmortem else None,
            "text_sha256": text_digest(incident.case_text),
            "input_sha256": report["body_sha256"],
            "redaction_rules": redaction.RULE_SET_VERSION,
            "rubric": RUBRIC_VERSION,
        },
    }


def eval_case_bytes(incident: Incident) -> bytes:
    """Canonical JSON. Raises as `eval_case_of`."""
    return canonical_json(eval_case_of(incident))


def eval_case_digest(incident: Incident) -> str | None:
    """SHA-256 of the bytes; None when there is no case to export."""
    try:
        return sha256_hex(eval_case_bytes(incident))
    except CareError:
        return None
