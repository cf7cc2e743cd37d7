"""Write one revision of a packet: everything that would leave, with its digests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from incidents.states import Scope
from kernel.canonical import digest_of
from kernel.errors import CareError, invalid
from kernel.principals import Principal
from phonehome.carving import NOT_MARKED, CarveOut, carve_out, refuse_overlap
from phonehome.composing import (
    Facts,
    carved_out,
    check_sizes,
    compose_body,
    standard_labels,
    with_reference,
)
from phonehome.digests import (
    POLICY_VERSION,
    body_digest,
    idempotency_key,
    packet_digest,
    packet_payload,
)
from phonehome.errors import REDACTION_REQUIRED
from phonehome.models import PacketRevision, PhoneHomeRecord
from phonehome.proving import prove_carve_out
from phonehome.redacting import kept_fields, packet_report, scan_outgoing


@dataclass(frozen=True)
class Content:
    """What a caller hands in: `sections` or `body_markdown`, redacted already.

    `sections` are `{name, side: "product"|"customer", text}`; `redaction_report` has the shape of
    SPEC-115 §Redaction and Review Contract. `behind` are customer sections of an earlier revision
    that stay behind though the new words do not name them.
    """

    title: str
    redaction_report: dict[str, Any]
    sections: Sequence[dict[str, str]] = ()
    body_markdown: str = ""
    labels: Sequence[str] = ()
    local_artifact_refs: Sequence[str] = ()
    retained_sensitive_fields: Sequence[str] = ()
    note: str = ""
    complete_labels: bool = field(default=False, kw_only=True)
    complete_sections: bool = field(default=False, kw_only=True)
    behind: Sequence[dict[str, str]] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Draft:
    """A revision as it would be written: `body` with its references, `sections` of both sides."""

    title: str
    source: str
    body: str
    labels: list[str]
    sections: list[dict[str, str]]
    facts: Facts

    def carve_out(self) -> CarveOut:
        return carve_out(
            title=self.title,
            body=self.body,
            labels=self.labels,
            sections=self.sections,
            facts=self.facts,
        )


def draft_revision(record: PhoneHomeRecord, content: Content) -> Draft:
    """Compose without writing. Raises invalid_request (sizes, markers, no product section)."""
    incident = record.incident
    facts = Facts(
        severity=incident.severity,
        scope=incident.scope,
        kind=incident.kind,
        incident_id=incident.incident_id,
        marker=record.marker,
        note=content.note,
        artifact_refs=tuple(content.local_artifact_refs),
        redacted_fields=tuple(content.redaction_report.get("redacted_fields", ())),
    )
    source = compose_body(content.sections, facts) if content.sections else content.body_markdown
    if not source.strip():
        raise invalid(body_markdown="Give `sections` or `body_markdown`.")
    body = with_reference(source, facts)
    labels = (
        _distinct(content.labels)
        if content.complete_labels
        else standard_labels(facts, content.labels)
    )
    check_sizes(content.title, body, labels)
    sections = [*content.sections, *content.behind]
    return Draft(content.title, source, body, labels, sections, facts)


def write_revision(
    record: PhoneHomeRecord, content: Content, *, number: int, by: Principal
) -> PacketRevision:
    """The revision's row and, with customer sections, its proof; in the caller's transaction.

    Raises what draft_revision raises, phone_home_redaction_required (report missing or not passed,
    its digest of another body, a secret left in the text), phone_home_carve_out_overlap.
    """
    _check_report(content)
    draft = draft_revision(record, content)
    outgoing = scan_outgoing(draft.title, draft.body, draft.labels, record.tenant_id)
    carved = draft.carve_out()
    refuse_overlap(carved)
    retained = kept_fields(outgoing, _declared(content, draft, carved))
    digest = body_digest(draft.body)
    revision = PacketRevision.objects.create(
        record=record,
        number=number,
        repo=record.repo,
        repo_visibility=settings.GITHUB_REPO_VISIBILITY,
        title=draft.title,
        body_markdown=draft.body,
        source_body=draft.source,
        labels=draft.labels,
        severity=draft.facts.severity,
        scope=draft.facts.scope,
        kind=draft.facts.kind,
        sections=draft.sections,
        carved_out=carved_out(draft.sections),
        local_artifact_refs=list(content.local_artifact_refs),
        redaction_report=packet_report(
            outgoing, redacted_fields=draft.facts.redacted_fields, retained=retained
        ),
        retained_sensitive_fields=retained,
        body_sha256=digest,
        packet_sha256=draft_digest(record, draft, number),
        idempotency_key=idempotency_key(
            pid=record.incident.project.pid,
            incident_id=draft.facts.incident_id,
            title=draft.title,
            body_sha256=digest,
        ),
        policy_version=POLICY_VERSION,
        author=by.label[:200],
    )
    if carved.behind:
        prove_carve_out(revision, carved, tenant_id=record.tenant_id)
    return revision


def draft_digest(record: PhoneHomeRecord, draft: Draft, number: int) -> str:
    """`packet_sha256` of the draft, were it revision `number`."""
    return packet_digest(
        repo=record.repo,
        visibility=settings.GITHUB_REPO_VISIBILITY,
        title=draft.title,
        body=draft.body,
        labels=draft.labels,
        incident_id=draft.facts.incident_id,
        revision=number,
        policy_version=POLICY_VERSION,
    )


def recomputed_digest(revision: PacketRevision, incident_id: str) -> str:
    """The digest of the revision's columns as they stand now, under the policy in force."""
    return digest_of(revision_payload(revision, incident_id))


def revision_payload(revision: PacketRevision, incident_id: str) -> dict[str, Any]:
    """What `recomputed_digest` is taken over: exactly what would leave."""
    return packet_payload(
        repo=revision.repo,
        visibility=revision.repo_visibility,
        title=revision.title,
        body=revision.body_markdown,
        labels=revision.labels,
        incident_id=incident_id,
        revision=revision.number,
        policy_version=POLICY_VERSION,
    )


def _check_report(content: Content) -> None:
    report = content.redaction_report
    if report.get("status") != "passed":
        raise CareError(REDACTION_REQUIRED)
    claimed = report.get("body_sha256")
    if content.body_markdown and claimed and claimed != body_digest(content.body_markdown):
        raise CareError(REDACTION_REQUIRED, message="The redaction report is about another body.")


def _declared(content: Content, draft: Draft, carved: CarveOut) -> set[str]:
    """The kinds the author kept; and of a mixed case that nobody said what is the customer's."""
    declared = set(content.retained_sensitive_fields) - {NOT_MARKED}
    if draft.facts.scope == Scope.MIXED and not carved.behind:
        declared.add(NOT_MARKED)
    return declared


def _distinct(labels: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(labels))
