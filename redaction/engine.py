"""Scan a text: gate the rules, run them over the text and its views, settle overlaps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import re2

from redaction import names
from redaction.placeholders import placeholder, wall_off
from redaction.projection import project
from redaction.rules import RULES
from redaction.types import Finding, Hit, Rule, Severity
from redaction.views import MAX_DEPTH, View, decoded_view

RULE_SET_VERSION = "2026.11-2"

# Rounds of looking again at lines whose findings were masked. Each round masks more, so it ends
# by itself; the limit keeps the work linear.
MAX_ROUNDS = 4


class Span(NamedTuple):
    """A finding before overlaps are settled, in positions of the scanned text."""

    start: int
    end: int
    type: str
    detector: str
    severity: Severity


def scan(text: str, known_names: Iterable[str] = ()) -> list[Finding]:
    """Find secrets, personal data and environment identifiers in `text`.

    Returns findings sorted by start, without overlap, offsets in code points. `known_names` are
    names of this installation, matched as whole words in any case; those under three characters
    are ignored. Masking every finding leaves nothing that a second scan would find. Empty when
    there is nothing to find; never raises on any `str`; linear in `len(text)`.
    """
    prepared = names.prepare(known_names)
    spans = _settle(_find(text, project(text), prepared), len(text))
    fresh = spans
    for _ in range(MAX_ROUNDS):
        if not fresh:
            break
        masked, origin = _masked_lines(text, spans, fresh)
        uncovered = (
            Span(*origin(s.start, s.end), s.type, s.detector, s.severity)
            for s in _find(masked, project(masked), prepared)
        )
        settled = _settle([*spans, *uncovered], len(text), first=len(spans))
        known = set(spans)
        fresh = [span for span in settled if span not in known]
        spans = settled
    return [_finding(span) for span in spans]


def _find(text: str, projected: bytes, known: tuple[str, ...]) -> list[Span]:
    """Every candidate of every rule in the text and in its views, unsettled."""
    data = wall_off(projected)
    found = list(_match(data))
    if known:
        found += _named(names.find(known, text, data))
    chain: list[Callable[[int, int], tuple[int, int]]] = []
    layer = data
    for _ in range(MAX_DEPTH):
        view: View | None = decoded_view(layer)
        if view is None:
            break
        chain.append(view.origin)
        layer = wall_off(view.data())
        inner = list(_match(layer))
        if known:
            inner += _named(names.find_plain(known, layer))
        for span in inner:
            start, end = span.start, span.end
            for origin in reversed(chain):
                start, end = origin(start, end)
            found.append(Span(start, end, span.type, span.detector, span.severity))
    return found


def _named(spans: Iterator[tuple[int, int]]) -> Iterator[Span]:
    return (Span(start, end, names.TYPE, names.DETECTOR, "medium") for start, end in spans)


@cache
def _gate() -> tuple[Any, list[int]]:
    """One automaton over all keywords, and the rule each of its patterns belongs to."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 64 << 20
    gate = re2.Set.SearchSet(options)
    gate.Add(b"(?s:.)")  # always there: its absence means the automaton ran out of memory
    owners = [-1]
    for index, rule in enumerate(RULES):
        for keyword in rule.keywords:
            gate.Add(keyword.encode("latin-1"))
            owners.append(index)
    gate.Compile()
    return gate, owners


def _active(data: bytes) -> list[Rule]:
    gate, owners = _gate()
    seen = gate.Match(data) or ()
    if 0 not in seen:  # empty text, or the automaton gave up: better slow than blind
        return list(RULES) if data else []
    return [RULES[index] for index in sorted({owners[number] for number in seen if number})]


def _match(data: bytes) -> Iterator[Span]:
    for rule in _active(data):
        for match in rule.regex.finditer(data):
            start, end = whole = match.span()
            for number in rule.value_groups:
                start, end = match.span(number)
                if start >= 0:
                    break
            if start >= end:
                continue
            hit = Hit(data, start, end, whole[0], whole[1], rule, match)
            if rule.check is not None and not rule.check(hit):
                continue
            if rule.trim is not None:
                end = start + rule.trim(data[start:end].decode("latin-1"))
            yield Span(start, end, rule.type, rule.name, rule.severity)


_RANK = {"high": 0, "medium": 1, "low": 2}


def _settle(spans: Iterable[Span], size: int, first: int = 0) -> list[Span]:
    """Make spans disjoint: secrets first, then the longest, then the most severe.

    The first `first` spans are already disjoint and keep their place. What is left of a loser
    beside the winner stays a finding, so every character that was found stays covered.
    """
    listed = list(spans)
    covered = bytearray(size)
    settled = listed[:first]
    for span in settled:
        covered[span.start : span.end] = b"\x01" * (span.end - span.start)
    ordered = sorted(
        set(listed[first:]),
        key=lambda s: (
            not s.type.startswith("secret."),
            s.start - s.end,
            _RANK[s.severity],
            s.start,
            s.type,
            s.detector,
        ),
    )
    for span in ordered:
        for start, end in _free(covered, span.start, span.end):
            if (start, end) != (span.start, span.end):
                span = span._replace(start=start, end=end)
            settled.append(span)
            covered[start:end] = b"\x01" * (end - start)
    return sorted(settled)


def _free(covered: bytearray, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of `start:end` that are not covered yet."""
    free = []
    at = start
    while at < end:
        taken = covered.find(1, at, end)
        if taken < 0:
            free.append((at, end))
            break
        if taken > at:
            free.append((at, taken))
        at = covered.find(0, taken, end)
        if at < 0:
            break
    return free


def _masked_lines(
    text: str, spans: list[Span], fresh: list[Span]
) -> tuple[str, Callable[[int, int], tuple[int, int]]]:
    """The lines of the `fresh` spans as redaction would leave them, and the way back.

    A removed value may have kept its neighbour from being seen (`acme` glued to an address), so
    those lines are looked at once more.
    """
    parts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = 0
    done = 0

    def add(part: str, origin: int) -> None:
        nonlocal length
        if part:
            parts.append(part)
            starts.append(length)
            origins.append(origin)
            length += len(part)

    begins = [span.start for span in spans]
    for span in fresh:
        if span.start < done:
            continue
        line_start = max(done, text.rfind("\n", done, span.start) + 1)
        number = bisect_right(begins, line_start - 1)
        at = line_start
        line_end = -1
        while line_end < 0:
            line_end = text.find("\n", max(at, span.end))
            if line_end < 0:
                line_end = len(text)
            while number < len(spans) and spans[number].start < line_end:
                inner = spans[number]
                add(text[at : inner.start], at)
                add(placeholder(inner.type.partition(".")[2], 1), -1)
                at = inner.end
                number += 1
            if at > line_end:  # a finding that runs over the line's end: take its last line too
                span, line_end = spans[number - 1], -1
        add(text[at:line_end] + "\n\f\n", at)
        done = line_end + 1

    def origin(start: int, end: int) -> tuple[int, int]:
        first = bisect_right(starts, start) - 1
        last = bisect_right(starts, end - 1) - 1
        # Placeholders are walls, so a finding begins and ends in copied text.
        if origins[first] < 0 or origins[last] < 0:
            return 0, 0
        return origins[first] + start - starts[first], min(
            len(text), origins[last] + end - starts[last]
        )

    return "".join(parts), origin


def _finding(span: Span) -> Finding:
    kind = span.type.partition(".")[2]
    count = span.end - span.start
    sample = f"‹{kind}, {count} character{'s' if count != 1 else ''}›"
    return Finding(span.start, span.end, span.type, span.detector, span.severity, sample)
