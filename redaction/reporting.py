"""The redaction report of SPEC-115: what a text still holds, without quoting any of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from redaction.engine import RULE_SET_VERSION
from redaction.types import Finding


def has_secrets(findings: Iterable[Finding]) -> bool:
    """Whether any finding is a secret, which nobody may retain."""
    return any(finding.is_secret for finding in findings)


def report(
    text: str,
    findings: Iterable[Finding],
    *,
    retained: Iterable[str] = (),
    redacted_fields: Iterable[str] = (),
) -> dict[str, Any]:
    """Report on `text` as it stands, `findings` being what a scan finds in it now.

    `retained` names kinds or types (`email`, `pii.email`) that a person keeps knowingly;
    `redacted_fields` the kinds that were removed before. Status is `passed` when nothing is found
    but retained kinds, and `failed` otherwise; a secret always fails, retained or not.
    `body_sha256` is the lower-case hex SHA-256 of the UTF-8 text. Source: SPEC-115 §Redaction and
    Review Contract.
    """
    keep = set(retained)
    rows: list[dict[str, Any]] = []
    kept: set[str] = set()
    passed = True
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        is_kept = not finding.is_secret and (finding.kind in keep or finding.type in keep)
        if is_kept:
            kept.add(finding.kind)
        else:
            passed = False
        rows.append(
            {
                "type": finding.type,
                "detector": finding.detector,
                "start": finding.start,
                "end": finding.end,
                "action": "retained" if is_kept else "unresolved",
            }
        )
    return {
        "status": "passed" if passed else "failed",
        "redacted_fields": sorted(set(redacted_fields)),
        "retained_sensitive_fields": sorted(kept),
        # surrogatepass: a lone surrogate cannot be encoded otherwise, and a report never raises.
        "body_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "rule_set_version": RULE_SET_VERSION,
        "finding_count": len(rows),
        "findings": rows,
    }
