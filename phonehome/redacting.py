"""What the scanner says about a packet, and what has to follow from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import redaction
from access.selectors import known_names
from kernel.errors import CareError
from kernel.ids import new_id
from phonehome.digests import body_digest
from phonehome.errors import REDACTION_REQUIRED
from phonehome.models.packet import marker_of
from redaction import Finding


@dataclass(frozen=True)
class Outgoing:
    """A body as it would leave, and what a scan finds in it and its title.

    Finding offsets count from the start of `title + "\\n" + body`.
    """

    body: str
    findings: tuple[Finding, ...]


def scan_outgoing(title: str, body: str, labels: Iterable[str], tenant_id: UUID) -> Outgoing:
    """Scan everything that would leave. Raises phone_home_redaction_required on a secret."""
    names = known_names(tenant_id)
    findings = redaction.scan(f"{title}\n{body}", names)
    label_findings = redaction.scan("\n".join(labels), names)
    secrets = sorted({one.type for one in [*findings, *label_findings] if one.is_secret})
    if secrets:
        raise CareError(
            REDACTION_REQUIRED, message=f"The text still holds a secret: {', '.join(secrets)}."
        )
    return Outgoing(body, tuple(findings))


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


def redact_parts(texts: Sequence[str], tenant_id: UUID) -> tuple[list[str], list[str]]:
    """Redact texts with the same pseudonym for the same value in all of them: the texts, and the
    kinds that were removed."""
    names = known_names(tenant_id)
    # No rule matches across a packet's reference line, so it keeps the parts apart.
    wall = f"\n\n{marker_of(new_id())}\n\n"
    joined = wall.join(texts)
    findings = redaction.scan(joined, names)
    kinds = {one.type for one in findings}
    parts = redaction.redact(joined, findings).split(wall)
    if len(parts) != len(texts):
        # A value ran over a wall: each text alone, at the price of its own pseudonyms.
        parts = [redaction.redact(text, redaction.scan(text, names)) for text in texts]
    return parts, sorted(kinds)
