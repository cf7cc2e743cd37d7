"""A text exactly as it is, line by line, with findings, comments and hidden characters marked."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from kernel.visible import name_of, shown_run, split_hidden
from redaction import Finding

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of one line. `finding` is its type or empty; `hidden` the name of a character
    that people do not see, `text` then its code."""

    text: str
    finding: str = ""
    comment: bool = False
    hidden: str = ""

    @property
    def plain(self) -> bool:
        return not (self.finding or self.comment or self.hidden)


@dataclass(frozen=True)
class Line:
    number: int
    pieces: list[Piece]


def marked_lines(text: str, findings: Iterable[Finding] = (), offset: int = 0) -> list[Line]:
    """The lines of `text`; findings count from `offset` characters before its start.

    Findings come sorted and do not overlap; those outside of the text are left out.
    """
    found = _clipped(findings, offset, len(text))
    comments = [(match.start(), match.end(), "comment") for match in _COMMENT.finditer(text)]
    edges = sorted({0, len(text), *(at for one in [*found, *comments] for at in one[:2])})
    lines: list[Line] = []
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        end = start + len(line)
        lines.append(Line(number, _pieces(text, start, end, edges, found, comments)))
        start = end + 1
    return lines


Mark = tuple[int, int, str]


def _clipped(findings: Iterable[Finding], offset: int, length: int) -> list[Mark]:
    clipped = (
        (max(0, one.start - offset), min(length, one.end - offset), one.type) for one in findings
    )
    return [one for one in clipped if one[0] < one[1]]


def _pieces(
    text: str, start: int, end: int, edges: list[int], found: list[Mark], comments: list[Mark]
) -> list[Piece]:
    inner = edges[bisect_right(edges, start) : bisect_right(edges, end)]
    cuts = [start, *(at for at in inner if at < end), end]
    pieces: list[Piece] = []
    for left, right in pairwise(cuts):
        finding, comment = _mark_at(found, left), bool(_mark_at(comments, left))
        pieces += [
            Piece(
                shown_run(part) if hidden else part,
                finding,
                comment,
                name_of(part[0]) if hidden else "",
            )
            for part, hidden in split_hidden(text[left:right])
        ]
    return pieces


def _mark_at(marks: list[Mark], at: int) -> str:
    index = bisect_right(marks, at, key=lambda mark: mark[0]) - 1
    return marks[index][2] if index >= 0 and marks[index][1] > at else ""
