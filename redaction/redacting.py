"""Replace what was found by stable pseudonyms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from redaction.engine import scan
from redaction.placeholders import highest_numbers, placeholder
from redaction.projection import project
from redaction.reporting import report
from redaction.types import Finding

MAX_PASSES = 3


def redact(text: str, findings: Iterable[Finding]) -> str:
    """Replace each finding by a pseudonym such as `[email-1]`.

    Within one call the same value gets the same name; upper and lower case count as one except in
    secrets. Numbers go on from those already in `text`. Findings must come from a scan of `text`;
    a stretch that overlaps the one before it is replaced from where that one ends. Redacting the
    result of a rescan changes nothing, because placeholders are never findings.
    """
    numbers = highest_numbers(project(text))
    given: dict[tuple[str, str], str] = {}
    parts: list[str] = []
    done = 0
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        start, end = max(done, finding.start), min(len(text), finding.end)
        if start >= end:
            continue
        value = text[start:end]
        key = (finding.type, value if finding.is_secret else value.casefold())
        if key not in given:
            numbers[finding.kind] = numbers.get(finding.kind, 0) + 1
            given[key] = placeholder(finding.kind, numbers[finding.kind])
        parts += (text[done:start], given[key])
        done = end
    parts.append(text[done:])
    return "".join(parts)


def redact_and_report(
    text: str, known_names: Iterable[str] = (), *, findings: Sequence[Finding] | None = None
) -> tuple[str, dict[str, Any]]:
    """Scan, redact, scan again; return the redacted text and the report on it.

    The report's `redacted_fields` names the kinds that were removed. Its status is `failed` only
    if something is still found after MAX_PASSES passes. `findings` are those of `scan(text,
    known_names)` where the caller has them already.
    """
    known = tuple(known_names)
    removed: set[str] = set()
    if findings is None:
        findings = scan(text, known)
    for _ in range(MAX_PASSES):
        if not findings:
            break
        removed.update(finding.kind for finding in findings)
        text = redact(text, findings)
        findings = scan(text, known)
    return text, report(text, findings, redacted_fields=removed)
