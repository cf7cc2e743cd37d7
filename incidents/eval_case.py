"""An incident as a case for a regression suite: redacted input, expected outcome.

The same rows give the same bytes: canonical JSON, no clock, no counter. The id is the incident's
for good, so that a suite replaces a case instead of collecting it twice; incidents of two tenants
may share a number, so a digest of the incident's own UUID follows it. Source: seed 002 §9.
"""

from hashlib import sha256
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
_SOME_TEXT = {"type": "string", "minLength": 1}


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
                "pattern": r"^eval-inc-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{3,6}-[0-9a-f]{12}$(?!\n)",
                "description": "Stable: `eval-`, the incident's id, and what tells incidents of "
                "two tenants apart.",
            },
            "schema_version": {"const": SCHEMA_VERSION},
            "input": {
                **_object(
                    "What to hand to the desk: `text` is the report as the desk read it. "
                    "`case_text` is what the case was triaged on, where that was revised since.",
                    {"text": _SOME_TEXT, "case_text": _SOME_TEXT},
                ),
                "required": ["text"],
            },
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
    """The id, known before there is a case to export."""
    return f"eval-{incident.incident_id}-{sha256(incident.pk.bytes).hexdigest()[:12]}"


def eval_case_of(incident: Incident) -> dict[str, Any]:
    """The case. Raises eval_case_not_ready before the triage is complete and while a case that
    came as a document has no text or was not classified here; eval_case_not_clean when something
    is still found in the redacted text."""
    read = incident.report or incident.case_text
    known = (read, incident.severity, incident.scope, incident.kind)
    if incident.eligible is None or not all(known):
        raise CareError(EVAL_CASE_NOT_READY)
    names = known_names(incident.tenant_id)
    text, digest = _redacted(read, names)
    given = {"text": text}
    case_text, _ = _redacted(incident.case_text, names)
    if case_text != text:
        given["case_text"] = case_text
    postmortem = Postmortem.objects.filter(incident=incident).first()
    return {
        "kind": EVAL_CASE,
        "eval_id": eval_id_of(incident),
        "schema_version": SCHEMA_VERSION,
        "input": given,
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
            "text_sha256": text_digest(read),
            "input_sha256": digest,
            "redaction_rules": redaction.RULE_SET_VERSION,
            "rubric": RUBRIC_VERSION,
        },
    }


def _redacted(text: str, names: list[str]) -> tuple[str, str]:
    """The text without what may not leave, and its digest. Raises eval_case_not_clean."""
    redacted, report = redaction.redact_and_report(text, names)
    if report["status"] != "passed":
        raise CareError(EVAL_CASE_NOT_CLEAN)
    return redacted, str(report["body_sha256"])


def eval_case_bytes(incident: Incident) -> bytes:
    """Canonical JSON. Raises as `eval_case_of`."""
    return canonical_json(eval_case_of(incident))


def eval_case_digest(incident: Incident) -> str | None:
    """SHA-256 of the bytes; None when there is no case to export."""
    try:
        return sha256_hex(eval_case_bytes(incident))
    except CareError:
        return None
