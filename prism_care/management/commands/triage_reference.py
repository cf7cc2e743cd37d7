import json
from typing import Any

from incidents.api.tier_forms import tier_schema
from incidents.desk.severity import SEVERITY_DEFINITIONS
from incidents.eligibility import RULES, RULES_VERSION
from incidents.models import TIERS
from incidents.tiers import PURPOSE
from prism_care.management.documents import DocumentCommand, cell, head

_INTRODUCTION = """
Clara completes five tiers, in order (SPEC-114). `PATCH /api/v1/incidents/{id}/triage/{tier}` saves
some fields of one and leaves it a draft; `PUT` completes it, and takes what it leaves out from the
draft. Drafts may be saved in any order. `GET` answers with the fields, who gave each and when, what
the tier still lacks, and what the server read for it; `GET /api/v1/incidents/{id}/triage` with all
five. The JSON Schemas below (draft 2020-12) are served at `GET /api/v1/triage/schemas`; unknown
fields are refused.

A correction of a completed tier (another `PUT` while the triage is open) opens the tiers above it
again; the same content sent again changes nothing. A triaged case is opened by
`POST /api/v1/incidents/{id}/triage/{tier}/reopen` with a reason, by Clara or on the case's page by
an operator. A change of its text (`PUT /api/v1/incidents/{id}/text`) opens tier 3 and all above it
again. In both cases the eligibility is open again, a packet that has not left is withdrawn, and the
reporter is told once. One that is being sent or may have left refuses the change
([phone_home_packet_in_flight](errors.md#phone_home_packet_in_flight)); what is filed stays filed.
"""
_NOTES: dict[int, str] = {
    1: "",
    2: "Each of `stack_trace`, `journal_refs` and `git_rev` is given, or named in `skipped` with a "
    "reason that is not blank. Blank is, here and below, what holds only white space and "
    "Unicode's format characters.",
    3: "The service scans the text and stores its digest, the findings without their values, and "
    "the redacted text. A text that differs from the report becomes the text of the case. After "
    "the tier was opened again the text may be left out: the one that stands is scanned.",
    4: "The answer carries the definition of the severity that was chosen.",
    5: "`eligible` has to agree with the rules below, else "
    "[triage_eligibility_contradiction](errors.md#triage_eligibility_contradiction) explains why "
    "not. When the text is not the one that tier 3 scanned, tier 3 is opened again "
    "([triage_text_changed](errors.md#triage_text_changed)).",
}
_SOURCES: dict[str, str] = {
    "signal": "the report that opened the case; the digest is its payload's, or that of the part "
    "that stands in it word for word",
    "project": "the row of the reporter's project",
    "roster": "the active personas of that project",
    "journal": "an entry of the home project's journal or of the reporter's project",
    "text": "the text of the case as it stands",
    "scan": "the findings of the scan; `ref` is the version of its rules",
    "tier": "another tier, as it was complete then",
    "agent": "the value was handed in and found nowhere, or differs from what was read beside it",
}


class Command(DocumentCommand):
    help = "Write docs/triage.md from the forms of the tiers and the rules of eligibility."
    document = "docs/triage.md"

    def render(self) -> str:
        parts = [
            head("Triage", "triage_reference"),
            _INTRODUCTION,
            *(_tier(tier) for tier in TIERS),
            "\n## Severities\n\n| severity | meaning |\n|---|---|\n",
            *(f"| {name} | {cell(text)} |\n" for name, text in SEVERITY_DEFINITIONS.items()),
            f"\n## Eligibility\n\nVersion `{RULES_VERSION}`. A case may phone home when every rule "
            "holds; tier 5 stores each rule, whether it held, and what it looked at.\n\n",
            "| rule | holds when |\n|---|---|\n",
            *(f"| `{name}` | {cell(text)} |\n" for name, text in RULES.items()),
            "\n## Citations\n\nWhat the server read when a field was saved, with the SHA-256 of "
            "what it found. No client writes one.\n\n| source | what was read |\n|---|---|\n",
            *(f"| `{name}` | {cell(text)} |\n" for name, text in _SOURCES.items()),
        ]
        return "".join(parts)


def _tier(tier: int) -> str:
    schema = tier_schema(tier)
    rows = [
        f"| `{name}` | {_type(field)} | {_needed(tier, name, schema)} | {_limits(field)} |"
        for name, field in schema["properties"].items()
    ]
    note = f"{_NOTES[tier]}\n\n" if _NOTES[tier] else ""
    return (
        f"\n## Tier {tier}: {PURPOSE[tier].lower()}\n\n{note}"
        "| field | type | | limits |\n|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\n```json\n{json.dumps(schema, indent=2)}\n```\n"
    )


def _needed(tier: int, name: str, schema: dict[str, Any]) -> str:
    if name in schema["required"]:
        return "required"
    return "or skipped" if tier == 2 and name != "skipped" else "optional"


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_type(field['items'])}s" if field["items"] else "list"
    return {"string": "text", "boolean": "true or false", "object": "object"}[field["type"]]


def _limits(field: dict[str, Any]) -> str:
    said = []
    if "maxLength" in field:
        said.append(f"1 to {field['maxLength']:,} characters, not blank")
    if "maxItems" in field:
        said.append(f"{field.get('minItems', 0)} to {field['maxItems']:,} entries")
        if "maxLength" in field["items"]:
            said.append(f"each 1 to {field['items']['maxLength']:,} characters")
    if "propertyNames" in field:
        said.append("names of reads; each reason 1 to 2,000 characters")
    return "; ".join(said)
