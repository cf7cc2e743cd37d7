"""Write one revision of a packet: everything that would leave, with its digests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from kernel.canonical import digest_of
from kernel.errors import CareError, invalid
from kernel.principals import Principal
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
from phonehome.redacting import kept_fields, packet_report, scan_outgoing


@dataclass(frozen=True)
class Content:
    """What a caller hands in: `sections` or `body_markdown`, redacted already.

    `sections` are `{name, side: "product"|"customer", text}`; `redaction_report` has the shape of
    SPEC-115 §Redaction and Review Contract. `stayed_behind` is `carved_out` of an earlier revision,
    for an edit of its body: what was carved out then still is.
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
    stayed_behind: Sequence[dict[str, object]] = field(default=(), kw_only=True)


def write_revision(
    record: PhoneHomeRecord, content: Content, *, number: int, by: Principal
) -> PacketRevision:
    """The revision's row; in the caller's transaction.

    Raises invalid_request (sizes, markers, no product section), phone_home_redaction_required
    (report missing or not passed, its digest of another body, a secret left in the text).
    """
    incident = record.incident
    _check_report(content)
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
    outgoing = scan_outgoing(content.title, body, labels, record.tenant_id)
    retained = kept_fields(outgoing, content.retained_sensitive_fields)
    digest = body_digest(body)
    return PacketRevision.objects.create(
        record=record,
        number=number,
        repo=record.repo,
        repo_visibility=settings.GITHUB_REPO_VISIBILITY,
        title=content.title,
        body_markdown=body,
        source_body=source,
        labels=labels,
        severity=facts.severity,
        scope=facts.scope,
        kind=facts.kind,
        sections=list(content.sections),
        carved_out=carved_out(content.sections) or list(content.stayed_behind),
        local_artifact_refs=list(content.local_artifact_refs),
        redaction_report=packet_report(
            outgoing, redacted_fields=facts.redacted_fields, retained=retained
        ),
        retained_sensitive_fields=retained,
        body_sha256=digest,
        packet_sha256=packet_digest(
            repo=record.repo,
            visibility=settings.GITHUB_REPO_VISIBILITY,
            title=content.title,
            body=body,
            labels=labels,
            incident_id=incident.incident_id,
            revision=number,
            policy_version=POLICY_VERSION,
        ),
        idempotency_key=idempotency_key(
            pid=incident.project.pid,
            incident_id=incident.incident_id,
            title=content.title,
            body_sha256=digest,
        ),
        policy_version=POLICY_VERSION,
        author=by.label[:200],
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


def _distinct(labels: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(labels))
