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
            reads = _init_reads(incident, row.content, list(row.content) if complete else given)
            reads += _install_read(incident, given)
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


def _init_reads(incident: Incident, said: Mapping[str, Any], names: Iterable[str]) -> list[Read]:
    """What the server reads of itself for the fields in `names`; beside it, as the agent's own
    word, a value in which something stands that was not read."""
    reads: list[Read] = []
    if "env" in names:
        report, source, ref, digest = _report(incident)
        reads.append(Read("env", source, ref, digest))
        if any(report.environment.get(str(k).lower()) != v for k, v in said["env"].items()):
            reads.append(_said("env", said["env"]))
    if "project_metadata" in names:
        facts = _project(incident)
        reads.append(Read("project_metadata", "project", incident.project.pid, digest_of(facts)))
        if any(facts.get(str(k)) != v for k, v in said["project_metadata"].items()):
            reads.append(_said("project_metadata", said["project_metadata"]))
    if "agent_roster" in names:
        roster = _roster(incident)
        reads.append(Read("agent_roster", "roster", incident.project.pid, digest_of(roster)))
        if any(one not in roster for one in said["agent_roster"]):
            reads.append(_said("agent_roster", said["agent_roster"]))
    return reads


def _install_read(incident: Incident, given: Mapping[str, Any]) -> list[Read]:
    if "install_type" not in given:
        return []
    report, source, ref, digest = _report(incident)
    value = given["install_type"]
    if value.lower() == report.install_type:
        return [Read("install_type", source, ref, digest)]
    return [_said("install_type", value)]


def _project(incident: Incident) -> dict[str, Any]:
    project = incident.project
    return {"pid": project.pid, "name": project.name, "created_at": isoformat(project.created_at)}


def _roster(incident: Incident) -> list[str]:
    active = Persona.objects.filter(project=incident.project, status=PersonaStatus.ACTIVE)
    return sorted(active.values_list("identity", flat=True))


def _conditional_reads(incident: Incident, given: Mapping[str, Any]) -> list[Read]:
    report, source, ref, _ = _report(incident)
    reads = []
    if "stack_trace" in given:
        # Whole lines: one letter of the report is no trace that was read there.
        found = _lines(given["stack_trace"]) in _lines(report.text)
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
    """Its lines without their edges, each between two line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(["", *(line.strip() for line in lines), ""])


def _journal_reads(
    incident: Incident, refs: Iterable[str], report: Report, where: tuple[str, str]
) -> list[Read]:
    """Entries of the home project and of the reporter's own are ours to read; any other reference
    is a name for something elsewhere, and another tenant's entry looks like one."""
    refs = list(dict.fromkeys(refs))
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
