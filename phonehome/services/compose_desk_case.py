"""Compose the built-in desk's packet from a case: redact first, then cut and arrange.

A title cut to length, or a section parted from its key, may hold half a secret that no rule knows
any more; so the whole report is redacted before anything is taken from it.
"""

from dataclasses import replace

from incidents.desk import Report, assess, compose_sections, read_report
from incidents.models import Incident
from incidents.states import Scope
from phonehome.carving import parted, product_side
from phonehome.composing import CUSTOMER, PRODUCT
from phonehome.plain_text import cut_to, printable
from phonehome.redacting import redact_parts
from phonehome.services.write_revision import Content

# Of GitHub's 65,536 characters; the rest is for the standard sections, headings and references.
SECTION_CHARACTERS = 50_000


def compose_desk_case(incident: Incident) -> Content:
    """The packet's content, redacted with one pseudonym per value throughout."""
    raw = _report(incident)
    assessment = assess(raw)
    report, note, kinds = _redacted(raw, assessment.note, incident)
    sections = _fitting(
        [
            {"name": one.name, "side": one.side, "text": one.text}
            for one in compose_sections(report, assessment)
        ]
    )
    if incident.scope == Scope.PRISM_PRODUCT:
        sections = [{**one, "side": PRODUCT} for one in sections]
    if not any(one["side"] == PRODUCT for one in sections):
        # Mixed by its words, but no paragraph is the product's alone: the operator decides.
        sections.insert(0, {"name": "Summary", "side": PRODUCT, "text": report.title})
    sections = parted(sections)
    return Content(
        title=_title(report, incident, sections),
        sections=[one for one in sections if one["side"] in (PRODUCT, CUSTOMER)],
        labels=assessment.components,
        local_artifact_refs=[incident.incident_id, incident.postmortem.postmortem_id],
        redaction_report={"status": "passed", "redacted_fields": kinds},
        note=note,
    )


def _report(incident: Incident) -> Report:
    """The case as it stands: what the privacy gate scanned. A report has its parts by name, a text
    that was revised only its words."""
    if incident.text or incident.intake is None:
        return read_report(incident.case_text)
    return read_report(incident.intake.signal.payload)


def _fitting(sections: list[dict[str, str]]) -> list[dict[str, str]]:
    """The sections within what an issue holds, the standard sections and references included."""
    left = SECTION_CHARACTERS
    fitting = []
    for one in sections:
        text = cut_to(one["text"], left) if one["side"] == PRODUCT else one["text"]
        left = max(200, left - len(text)) if one["side"] == PRODUCT else left
        fitting.append({**one, "text": text})
    return fitting


def _title(report: Report, incident: Incident, sections: list[dict[str, str]]) -> str:
    """The report's own title; of a mixed case the product side's, for the report's may be the
    customer's words."""
    if incident.scope != Scope.MIXED:
        return report.title
    mine = product_side(sections)
    return read_report(mine[0]["text"]).title.rstrip(" ;:,") if mine else incident.incident_id


def _redacted(raw: Report, note: str, incident: Incident) -> tuple[Report, str, list[str]]:
    """The report with every text redacted, the note likewise, and the kinds removed."""
    environment = [f"{name}: {value}" for name, value in raw.environment.items()]
    texts = [raw.text, raw.stack_trace or "", raw.reproduction or "", note, *environment]
    clean, kinds = redact_parts(texts, incident.tenant_id)
    clean = [printable(one) for one in clean]
    text, stack_trace, reproduction, clean_note, *clean_environment = clean
    report = replace(
        raw,
        text=text,
        title=read_report(text).title,
        stack_trace=stack_trace or None,
        reproduction=reproduction or None,
        environment=_as_mapping(clean_environment),
        git_rev=None,
    )
    return report, clean_note, kinds


def _as_mapping(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(": ") for line in lines)
    return {name: value for name, _, value in pairs if name}
