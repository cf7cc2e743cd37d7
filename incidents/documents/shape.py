"""What the two documents of seed 002 look like, as JSON Schema (draft 2020-12).

One source: the import checks by these, the published files and the OpenAPI document are made of
them, and a changed record field is checked by its property here. `description` is the sentence a
wrong value is refused with.
"""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from incidents.models import LINKING_IDS
from incidents.states import CorrectiveKind, IncidentStatus, PostmortemStatus, Severity

Schema = dict[str, Any]

RECORD = "incident_record"
LINK = "incident_postmortem_link"

SEV: dict[str, str] = {severity: f"sev{severity[1:]}" for severity in Severity.values}
SEVERITY_OF: dict[str, str] = {sev: severity for severity, sev in SEV.items()}

# The key under which an artifact stands in a link document (seed 002 §4).
ARTIFACT_KEYS: dict[str, str] = {
    CorrectiveKind.CHANGE: "change_id",
    CorrectiveKind.BUNDLE: "bundle_id",
    CorrectiveKind.EVAL_DATASET_UPDATE: "eval_dataset_update",
    CorrectiveKind.RETIREMENT_PLAN: "retirement_plan",
    CorrectiveKind.POLICY_BUNDLE: "policy_bundle",
}
KIND_OF_ARTIFACT: dict[str, str] = {key: kind for kind, key in ARTIFACT_KEYS.items()}

# What may be set, or marked unknown, one by one.
FACTS = (*LINKING_IDS, "category", "detected_by", "owner", "affected_surfaces")

MAX_SURFACES = 50
MAX_ACTIONS = 200
MAX_OWNERS = 50
MAX_REASON = 500
MAX_TITLE = 200

# Python's `$` lets a line feed follow it, which JSON Schema's does not.
_END = r"$(?!\n)"
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_HIDDEN = _CONTROLS + r"\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"

_REASON: Schema = {
    "type": "string",
    "maxLength": MAX_REASON,
    "pattern": rf"^(?=.*\S)[^{_CONTROLS}]+{_END}",
}
_UNKNOWN: Schema = {
    "type": "object",
    "properties": {"unknown": _REASON},
    "required": ["unknown"],
    "additionalProperties": False,
}
ARTIFACT_ID: Schema = {"type": "string", "pattern": rf"^[!-~]{{1,200}}{_END}"}
PERSON_OR_TEAM: Schema = {
    "type": "string",
    "maxLength": 200,
    "pattern": rf"^[^\s{_HIDDEN}]([^{_HIDDEN}]*[^\s{_HIDDEN}])?{_END}",
}
CATEGORY_NAME: Schema = {"type": "string", "pattern": rf"^[a-z][a-z0-9_]{{0,59}}{_END}"}
_SURFACE: Schema = {"type": "string", "pattern": rf"^[A-Za-z0-9][A-Za-z0-9_.-]{{0,59}}{_END}"}
ACTION_NAME: Schema = {
    "type": "string",
    "pattern": rf"^[A-Za-z0-9][A-Za-z0-9_.-]{{0,99}}{_END}",
    "description": "1 to 100 letters, digits, dots, hyphens or underscores: "
    "force_mandatory_approval.",
}


def _daily_id(series: str) -> Schema:
    return {
        "type": "string",
        "pattern": rf"^{series}-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}-[0-9]{{3,6}}{_END}",
        "description": f"As in {series}-2026-04-09-001.",
    }


def _fact(known: Schema, what: str) -> Schema:
    """A value; `{unknown: reason}` where it was looked for in vain; null where nobody has said."""
    return {
        "description": f"{what}; null, or {{unknown: reason}} where nobody can say.",
        "anyOf": [known, {"type": "null"}, _UNKNOWN],
    }


AN_ID = "1 to 200 visible ASCII characters without blanks"
A_NAME = "A name of 1 to 200 characters on one line"

INCIDENT_RECORD: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"urn:prism-care:schema:{RECORD}:1",
    "title": RECORD,
    "description": "What happened, how far it went, and which artifacts were active (seed 002 §3). "
    "Every key is there: null says that nobody has said, {unknown: reason} that it was looked for "
    "in vain. contained, resolved and closed have no null among the linking ids.",
    "type": "object",
    "properties": {
        "kind": {"const": RECORD, "description": f"Always {RECORD}."},
        "incident_id": _daily_id("inc"),
        "title": {
            "type": "string",
            "maxLength": MAX_TITLE,
            "pattern": r"\S",
            "description": f"1 to {MAX_TITLE} characters.",
        },
        "severity": {
            "enum": [*SEV.values(), None],
            "description": f"One of {', '.join(SEV.values())} (P0 to P3); null before triage.",
        },
        "status": {
            "enum": list(IncidentStatus.values),
            "description": f"One of {', '.join(IncidentStatus.values)}.",
        },
        "category": _fact(CATEGORY_NAME, "A category: lower-case letters, digits, underscores"),
        "detected_at": {
            "type": "string",
            "format": "date-time",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
            rf"(Z|[+-][0-9]{{2}}:[0-9]{{2}}){_END}",
            "description": "A date and time with its zone: 2026-04-09T09:14:00Z.",
        },
        "detected_by": _fact(PERSON_OR_TEAM, A_NAME),
        "agent_id": _fact(PERSON_OR_TEAM, A_NAME),
        "trace_id": _fact(ARTIFACT_ID, AN_ID),
        "session_id": _fact(ARTIFACT_ID, AN_ID),
        "bundle_id": _fact(ARTIFACT_ID, AN_ID),
        "change_id": _fact(ARTIFACT_ID, AN_ID),
        "rollout_wave": _fact(ARTIFACT_ID, AN_ID),
        "tool_principal": _fact(ARTIFACT_ID, AN_ID),
        "approval_id": _fact(ARTIFACT_ID, AN_ID),
        "idempotency_key": _fact(ARTIFACT_ID, AN_ID),
        "affected_surfaces": {
            "description": f"At most {MAX_SURFACES} names, each once, of letters, digits, dots, "
            "hyphens or underscores; or {unknown: reason}.",
            "anyOf": [
                {
                    "type": "array",
                    "items": _SURFACE,
                    "maxItems": MAX_SURFACES,
                    "uniqueItems": True,
                },
                _UNKNOWN,
            ],
        },
        "containment_actions": {
            "type": "array",
            "items": ACTION_NAME,
            "maxItems": MAX_ACTIONS,
            "description": f"At most {MAX_ACTIONS} names of actions, in the order they were done.",
        },
        "owner": _fact(PERSON_OR_TEAM, A_NAME),
    },
    "additionalProperties": False,
}

INCIDENT_POSTMORTEM_LINK: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"urn:prism-care:schema:{LINK}:1",
    "title": LINK,
    "description": "What an incident led to: its postmortem and the artifacts the lesson became "
    "(seed 002 §4).",
    "type": "object",
    "properties": {
        "kind": {"const": LINK, "description": f"Always {LINK}."},
        "incident_id": _daily_id("inc"),
        "postmortem_id": _daily_id("pm"),
        "corrective_actions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": dict.fromkeys(KIND_OF_ARTIFACT, ARTIFACT_ID),
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "description": f"One of {', '.join(KIND_OF_ARTIFACT)}, and its id.",
            },
            "maxItems": MAX_ACTIONS,
            "uniqueItems": True,
            "description": f"At most {MAX_ACTIONS} artifacts, each once, each with one key.",
        },
        "owners": {
            "type": "array",
            "items": {**PERSON_OR_TEAM, "description": f"{A_NAME}."},
            "maxItems": MAX_OWNERS,
            "uniqueItems": True,
            "description": f"At most {MAX_OWNERS} names, each once.",
        },
        "status": {
            "enum": list(PostmortemStatus.values),
            "description": f"One of {', '.join(PostmortemStatus.values)}.",
        },
    },
    "additionalProperties": False,
}
for _schema in (INCIDENT_RECORD, INCIDENT_POSTMORTEM_LINK):
    _schema["required"] = list(_schema["properties"])

# The documents that can be imported, by their `kind`.
SCHEMAS: dict[str, Schema] = {RECORD: INCIDENT_RECORD, LINK: INCIDENT_POSTMORTEM_LINK}


@cache
def validator(kind: str, name: str = "") -> Draft202012Validator:
    """For a whole document, or for one of its properties."""
    schema = SCHEMAS[kind]
    return Draft202012Validator(schema["properties"][name] if name else schema)


def conforms(value: Any, schema: Schema) -> bool:
    """Whether `value` is of the form of one of the schemas above."""
    return bool(Draft202012Validator(schema).is_valid(value))
