"""What the scanner says about a packet, and what has to follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import redaction
from access.selectors import known_names
from kernel.errors import CareError
from phonehome.digests import body_digest
from phonehome.errors import REDACTION_REQUIRED
from redaction import Finding


@dataclass(frozen=True)
class Outgoing:
    """A title and body as they would leave, and what a scan finds in them.

    Finding offsets count from the start of `title + "\\n" + body`.
    """

    title: str
    body: str
    labels: tuple[str, ...]
    findings: tuple[Finding, ...]


def scan_outgoing(title: str, body: str, labels: Iterable[str], tenant_id: UUID) -> Outgoing:
    """Scan everything that would leave. Raises phone_home_redaction_required on a secret."""
    label_list = tuple(labels)
    names = known_names(tenant_id)
    findings = redaction.scan(f"{title}\n{body}", names)
    label_findings = redaction.scan("\n".join(label_list), names)
    if redaction.has_secrets([*findings, *label_findings]):
        kinds = sorted(
            {one.type for one in [*findings, *label_findings] if one.type.startswith("secret.")}
        )
        raise CareError(
            REDACTION_REQUIRED, message=f"The text still holds a secret: {', '.join(kinds)}."
        )
    return Outgoing(title, body, label_list, tuple(findings))


def kept_fields(outgoing: Outgoing, declared: Iterable[str]) -> list[str]:
    """What the operator must acknowledge one by one: the kinds Clara declared as kept, and every
    kind the scan found left in the text."""
    return sorted({*declared, *(one.type for one in outgoing.findings)})


def packet_report(
    outgoing: Outgoing, *, redacted_fields: Iterable[str], retained: Iterable[str]
) -> dict[str, Any]:
    """SPEC-115's report about the packet as it would leave, never a value."""
    return {
        "status": "passed",
        "redacted_fields": sorted(set(redacted_fields)),
        "retained_sensitive_fields": list(retained),
        "body_sha256": body_digest(outgoing.body),
        "rule_set_version": redaction.RULE_SET_VERSION,
        "findings": [
            {"type": one.type, "detector": one.detector, "action": "retained"}
            for one in outgoing.findings
        ],
    }


def redact_together(title: str, body: str, tenant_id: UUID) -> tuple[str, str, list[str]]:
    """Redact title and body with the same pseudonyms: title, body, and the kinds removed."""
    names = known_names(tenant_id)
    joined = f"{title}\n{body}"
    findings = redaction.scan(joined, names)
    if any(one.start <= len(title) < one.end for one in findings):
        # A value that runs over the line break belongs to neither alone.
        new_title, _ = redaction.redact_and_report(title, names)
        new_body, _ = redaction.redact_and_report(body, names)
    else:
        redacted, _ = redaction.redact_and_report(joined, names)
        new_title, _, new_body = redacted.partition("\n")
    return new_title, new_body, sorted({one.type for one in findings})
