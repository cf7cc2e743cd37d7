"""What the server itself read when a tier was filled: written by it alone, with a digest.

A value that an agent hands in is looked for where it says it comes from. What is found is cited
from there; what is found nowhere is cited as the agent's own word (`agent`). Source: SPEC-114.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from access.models import Persona
from access.states import PersonaStatus
from incidents.desk import Report, read_report
from incidents.models import Citation, Incident, JournalEntry, TriageTier
from kernel.api.query import UUID_TEXT
from kernel.canonical import digest_of, sha256_hex
from kernel.clock import isoformat
from kernel.principals import Principal

_NAME = re.compile(r"[\w.:/#@-]{1,200}")


@dataclass(frozen=True)
class Read:
    """One thing that was read for a field: which kind, which one, and the digest of it."""

    field: str
    source: str
    ref: str
    content_sha256: str


def cite(
    row: TriageTier, given: Mapping[str, Any], *, complete: bool, by: Principal, at: datetime
) -> None:
    """Write what was read for the fields in `given`; a tier that is completed also gets what the
    server reads of itself. In the caller's transaction."""
    incident = row.incident
    match row.tier:
        case 1:
            reads = _init_reads(incident, given, complete)
        case 2:
            reads = _conditional_reads(incident, given)
        case 3 if complete:
            reads = _privacy_reads(incident, row.content)
        case 5 if complete:
            reads = _tiers_below(incident)
        case _:
            reads = []
    Citation.objects.bulk_create(
        Citation(
            tenant_id=incident.tenant_id,
            incident=incident,
            tier=row.tier,
            field=read.field,
            source=read.source,
            ref=read.ref[:200],
            content_sha256=read.content_sha256,
            read_by=by.label[:200],
            recorded_at=at,
        )
        for read in reads
    )


def citations_of(incident: Incident) -> dict[int, list[Citation]]:
    """Tier → the newest reads of each of its fields, in the order they were made. One query."""
    newest: dict[tuple[int, str], list[Citation]] = {}
    for one in Citation.objects.filter(incident=incident).order_by("id"):
        batch = newest.setdefault((one.tier, one.field), [])
        if batch and batch[0].recorded_at != one.recorded_at:
            batch.clear()
        batch.append(one)
    by_tier: dict[int, list[Citation]] = {}
    for (tier, _), batch in newest.items():
        by_tier.setdefault(tier, []).extend(batch)
    return {tier: sorted(found, key=lambda one: one.pk) for tier, found in by_tier.items()}


def text_digest(text: str) -> str:
    """SHA-256 of the UTF-8 text; total, lone surrogates included."""
    return sha256_hex(text.encode("utf-8", "surrogatepass"))


def _said(field: str, value: Any, ref: str = "") -> Read:
    """The agent's own word."""
    return Read(field, "agent", ref, digest_of(value))


def _report(incident: Incident) -> tuple[Report, str, str, str]:
    """The report as read, and where it stands: source, ref, digest. An imported case has no signal,
    only its text."""
    if incident.intake is None:
        digest = text_digest(incident.report)
        return read_report(incident.report), "text", incident.incident_id, digest
    signal = incident.intake.signal
    return read_report(signal.payload), "signal", str(signal.pk), signal.payload_sha256


def _init_reads(incident: Incident, given: Mapping[str, Any], complete: bool) -> list[Read]:
    report, source, ref, digest = _report(incident)
    reads = []
    if complete or "env" in given:
        reads.append(Read("env", source, ref, digest))
        if any(
            report.environment.get(str(k).lower()) != v for k, v in given.get("env", {}).items()
        ):
            reads.append(_said("env", given["env"]))
    if "install_type" in given:
        value = given["install_type"]
        found = value.lower() == report.install_type
        reads.append(
            Read("install_type", source, ref, digest) if found else _said("install_type", value)
        )
    if complete or "project_metadata" in given:
        reads.append(_project(incident))
    if complete or "agent_roster" in given:
        reads.append(_roster(incident))
    return reads


def _project(incident: Incident) -> Read:
    project = incident.project
    facts = {"pid": project.pid, "name": project.name, "created_at": isoformat(project.created_at)}
    return Read("project_metadata", "project", project.pid, digest_of(facts))


def _roster(incident: Incident) -> Read:
    active = Persona.objects.filter(project=incident.project, status=PersonaStatus.ACTIVE)
    names = sorted(active.values_list("identity", flat=True))
    return Read("agent_roster", "roster", incident.project.pid, digest_of(names))


def _conditional_reads(incident: Incident, given: Mapping[str, Any]) -> list[Read]:
    report, source, ref, _ = _report(incident)
    reads = []
    if "stack_trace" in given:
        trace = _lines(given["stack_trace"])
        found = trace in _lines(report.text)
        where = (source, ref) if found else ("agent", "")
        reads.append(Read("stack_trace", *where, text_digest(given["stack_trace"])))
    if "journal_refs" in given:
        reads += _journal_reads(incident, given["journal_refs"], report, (source, ref))
    if "git_rev" in given:
        named = report.git_rev or ""
        revision = given["git_rev"]
        found = bool(named) and named.lower() == revision.lower()
        where = (source, ref) if found else ("agent", "")
        reads.append(Read("git_rev", *where, text_digest(revision)))
    return reads


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _journal_reads(
    incident: Incident, refs: Iterable[str], report: Report, where: tuple[str, str]
) -> list[Read]:
    """Entries of the home project and of the reporter's own are ours to read; any other reference
    is a name for something elsewhere, and another tenant's entry looks like one."""
    refs = list(dict.fromkeys(refs))
    if not refs:
        return [_said("journal_refs", [])]
    own = {
        str(entry.pk): entry
        for entry in JournalEntry.objects.filter(
            Q(project__is_home=True) | Q(project=incident.project),
            tenant_id=incident.tenant_id,
            pk__in=[ref for ref in refs if UUID_TEXT.match(ref)],
        )
    }
    reads = []
    for ref in refs:
        entry = own.get(ref.lower())
        if entry is not None:
            facts = {
                "text": entry.text,
                "refs": entry.refs,
                "author": entry.author,
                "created_at": isoformat(entry.created_at),
            }
            reads.append(Read("journal_refs", "journal", str(entry.pk), digest_of(facts)))
        elif ref in report.journal_refs:
            reads.append(Read("journal_refs", *where, text_digest(ref)))
        else:
            # A ledger keeps names of things, not sentences.
            reads.append(_said("journal_refs", ref, ref if _NAME.fullmatch(ref) else ""))
    return reads


def _privacy_reads(incident: Incident, scan: Mapping[str, Any]) -> list[Read]:
    return [
        Read("text", "text", incident.incident_id, scan["text_sha256"]),
        Read("text", "scan", scan["rule_set_version"], digest_of(scan["findings"])),
    ]


def _tiers_below(incident: Incident) -> list[Read]:
    below = incident.tiers.filter(tier__in=(3, 4)).order_by("tier")
    return [Read("eligible", "tier", str(row.tier), digest_of(row.content)) for row in below]
