"""Whether a text that would leave holds a stretch of a text that stays behind. Pure.

A text is compared in several readings, so that the usual ways of carrying words over do not hide
them. All of them ignore case, accents, compatibility forms and characters that nobody sees, take a
run of white space for one blank, and read HTML entities as what they show:

- *as it is*: nothing else is changed, so every stretch that was copied letter by letter is found;
- *unquoted*: `>` counts as white space, so Markdown's quote prefix is none of the text;
- *letters alone*: only letters and digits count, so neither emphasis, list marks, line breaks nor
  other punctuation between them matters;
- *without markup*: tags, comments, the targets of links and `\\n` are blanks, or nothing, and `%20`
  is what it stands for; unquoted, and letters alone;
- *without numbers*: that without the number of a line or list item as well, letters alone;
- *shown*: the letters of what would leave as GitHub renders it, against those without markup.
  Rendered text has no place in the source: where nothing else finds it, the whole text is named.

Two texts overlap where WINDOW (24) characters in a row of one reading stand in both. A text of
fewer characters than that is looked for whole; one of fewer than SHORTEST (8) proves nothing either
way, since any text may hold so short a word, and is named as too short. Other words for the same
thing, words with others between them, letters of another alphabet that look alike, and text that
was encoded otherwise or reversed are not found.
Time is linear in the two sizes, memory in what would leave.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from urllib.parse import unquote

from kernel.markdown import render_markdown
from kernel.visible import HIDDEN

WINDOW = 24
SHORTEST = 8
# Moves when a reading or a number above does: a proof is of one method.
METHOD = "24-character-overlap/2"

_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_PERCENT = r"(?:%[0-9a-fA-F]{2})+"
# Each part is bounded or ends where it could begin anew, so that no text takes long to read.
_MARKUP = r"<!--.{0,1000}?-->|<[/!?A-Za-z][^<>]*>|\]\([^()\n]*\)|\]\[[^\[\]\n]*\]|\\[nrt]"
_NUMBER = r"^[ \t>*+#|(\[-]{0,20}[0-9]{1,9}(?:\.[0-9]{1,9}){0,4}(?:[.):|\]]{1,3}|(?=\s))"
_PLAIN = re.compile(rf"{_ENTITY}|.", re.S)
_WITHOUT_MARKUP = re.compile(rf"(?P<mark>{_MARKUP})|{_PERCENT}|{_ENTITY}|.", re.S)
_WITHOUT_NUMBERS = re.compile(rf"(?P<mark>{_NUMBER}|{_MARKUP})|{_PERCENT}|{_ENTITY}|.", re.S | re.M)
_BLANK = " "
# Stands where markup stood; no folded text holds it, for it is a character that nobody sees.
_MARK = "\ue000"


@dataclass(frozen=True, order=True)
class Span:
    """Code points `start` to `end`, end exclusive, of a text as it was given."""

    start: int
    end: int


@dataclass(frozen=True)
class Overlap:
    """A stretch of outgoing text number `text` that stands in what stays behind; it begins with
    words of text number `behind`."""

    text: int
    behind: int
    span: Span


@dataclass(frozen=True)
class Comparison:
    """`outgoing` in the order of the texts; `behind` holds the spans of each text that stays;
    `too_short` the numbers of those that are too short to be looked for."""

    outgoing: tuple[Overlap, ...]
    behind: tuple[tuple[Span, ...], ...]
    too_short: tuple[int, ...]

    @property
    def clean(self) -> bool:
        return not self.outgoing


@dataclass(frozen=True)
class _Read:
    """A text in one reading; character `n` of it comes from `starts[n]` to `ends[n]`."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> Span:
        return Span(self.starts[start], self.ends[end - 1])


def compare(behind: Sequence[str], outgoing: Sequence[str], own: Iterable[str] = ()) -> Comparison:
    """Where texts of `outgoing` hold a stretch of those of `behind`.

    What stands in `own`, the fixed wording around the outgoing texts, does not count: neither a
    window of it nor one with fewer than SHORTEST characters beside it.
    """
    own = list(own)
    marks_out: list[list[tuple[Span, int]]] = [[] for _ in outgoing]
    marks_behind: list[list[Span]] = [[] for _ in behind]
    for source, readings in _READINGS:
        units_behind, units_out, units_own = (
            [_units(text, source) for text in texts] for texts in (behind, outgoing, own)
        )
        for reading in readings:
            _compare_one(
                [_read(units, reading) for units in units_behind],
                [_read(units, reading) for units in units_out],
                [f" {_read(units, reading).text} " for units in units_own],
                marks_behind,
                marks_out,
            )
    _compare_shown(behind, outgoing, own, marks_behind, marks_out)
    return Comparison(
        outgoing=tuple(
            Overlap(number, source, span)
            for number, marks in enumerate(marks_out)
            for span, source in _joined(marks)
        ),
        behind=tuple(tuple(_merged(spans)) for spans in marks_behind),
        too_short=tuple(
            number
            for number, text in enumerate(behind)
            if len(_read(_units(text, _PLAIN), _as_it_is).text) < SHORTEST
        ),
    )


def _compare_shown(
    behind: Sequence[str],
    outgoing: Sequence[str],
    own: Sequence[str],
    marks_behind: list[list[Span]],
    marks_out: list[list[tuple[Span, int]]],
) -> None:
    """Add a mark over the whole of each text in which nothing was found but as it is shown."""
    shown_behind: list[list[Span]] = [[] for _ in behind]
    shown_out: list[list[tuple[Span, int]]] = [[] for _ in outgoing]
    _compare_one(
        [_read(_units(text, _WITHOUT_MARKUP), _letters) for text in behind],
        [_shown(text) for text in outgoing],
        [_shown(text).text for text in own],
        shown_behind,
        shown_out,
    )
    for spans, found in zip(marks_behind, shown_behind, strict=True):
        spans += found
    for text, marks, shown in zip(outgoing, marks_out, shown_out, strict=True):
        if shown and not marks:
            marks.append((Span(0, len(text)), shown[0][1]))


def _shown(text: str) -> _Read:
    rendered = _without_comments(render_markdown(text))
    return _read(_units(rendered, _WITHOUT_MARKUP), _letters)


def _without_comments(rendered: str) -> str:
    """Comments of any length dropped, in time linear in `rendered`."""
    kept: list[str] = []
    at = 0
    while (start := rendered.find("<!--", at)) >= 0 and (end := rendered.find("-->", start)) >= 0:
        kept.append(rendered[at:start])
        at = end + len("-->")
    return "".join([*kept, rendered[at:]])


def _compare_one(
    behind: list[_Read],
    outgoing: list[_Read],
    own: list[str],
    marks_behind: list[list[Span]],
    marks_out: list[list[tuple[Span, int]]],
) -> None:
    """Add what one reading finds to the marks. Windows of a text that stays are as long as
    WINDOW, or as the text where it is shorter."""
    sizes = sorted(
        {min(WINDOW, len(one.text)) for one in behind if len(one.text) >= SHORTEST}, reverse=True
    )
    for size in sizes:
        fixed = {window for text in own for window in _windows(text, size)}
        counted = [_counted(read.text, size, fixed) for read in outgoing]
        windows = {
            read.text[at : at + size]
            for read, places in zip(outgoing, counted, strict=True)
            for at in places
        }
        found: dict[str, int] = {}
        for number, read in enumerate(behind):
            if size != min(WINDOW, len(read.text)):
                continue
            hits = [at for at, window in enumerate(_windows(read.text, size)) if window in windows]
            marks_behind[number] += [read.span(*run) for run in _runs(hits, size)]
            for at in hits:
                found.setdefault(read.text[at : at + size], number)
        if not found:
            continue
        for marks, read, places in zip(marks_out, outgoing, counted, strict=True):
            hits = [at for at in places if read.text[at : at + size] in found]
            marks += [
                (read.span(start, end), found[read.text[start : start + size]])
                for start, end in _runs(hits, size)
            ]


def _counted(text: str, size: int, fixed: set[str]) -> Sequence[int]:
    """Where a window of `text` starts that is not fixed wording: fewer than SHORTEST of its
    characters outside of that are none of the caller's words but where they meet it."""
    places = range(len(text) - size + 1)
    hits = [at for at in places if text[at : at + size] in fixed] if fixed else []
    if not hits:
        return places
    free = [1] * len(text)
    for start, end in _runs(hits, size):
        free[start:end] = [0] * (end - start)
    before = [0, *accumulate(free)]
    least = SHORTEST if size == WINDOW else 1
    return [at for at in places if before[at + size] - before[at] >= least]


def _windows(text: str, size: int) -> Iterable[str]:
    return (text[at : at + size] for at in range(len(text) - size + 1))


def _runs(hits: list[int], size: int) -> list[tuple[int, int]]:
    """Windows that overlap or touch, joined: start and end of each run."""
    runs: list[tuple[int, int]] = []
    for at in hits:
        if runs and at <= runs[-1][1]:
            runs[-1] = (runs[-1][0], at + size)
        else:
            runs.append((at, at + size))
    return runs


def _merged(spans: Iterable[Span]) -> list[Span]:
    return [span for span, _ in _joined((span, 0) for span in spans)]


def _joined(marks: Iterable[tuple[Span, int]]) -> list[tuple[Span, int]]:
    """Spans that overlap or touch as one, with the number of the first."""
    joined: list[tuple[Span, int]] = []
    for span, number in sorted(marks):
        if joined and span.start <= joined[-1][0].end:
            last, first = joined[-1]
            joined[-1] = (Span(last.start, max(last.end, span.end)), first)
        else:
            joined.append((span, number))
    return joined


Units = list[tuple[str, int, int]]
Reading = Callable[[str], str]


def _units(text: str, source: re.Pattern[str]) -> Units:
    """The characters of `text`, folded, each with where it comes from; an entity is what it
    shows, and a mark of `source` one _MARK."""
    units: Units = []
    for match in source.finditer(text):
        found = match[0]
        if match.lastgroup:
            units.append((_MARK, match.start(), match.end()))
            continue
        folded = _folded(found) if len(found) == 1 else _folded_code(found)
        units += [(one, match.start(), match.end()) for one in folded]
    return units


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    if character.isspace():
        return _BLANK
    if HIDDEN.match(character) or unicodedata.category(character) in ("Cc", "Cf", "Mn", "Me"):
        return ""
    plain = unicodedata.normalize("NFKD", character).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(
        _BLANK if one.isspace() else one
        for one in plain
        if unicodedata.category(one) not in ("Mn", "Me", "Cf")
    )


@lru_cache(maxsize=1024)
def _folded_code(code: str) -> str:
    shown = unquote(code) if code.startswith("%") else html.unescape(code)
    return "".join(_folded(one) for one in shown)


def _as_it_is(character: str) -> str:
    return character


def _unquoted(character: str) -> str:
    return _BLANK if character == ">" else character


def _letters(character: str) -> str:
    return character if character.isalnum() else ""


def _marks_as_blanks(character: str) -> str:
    return _BLANK if character in (">", _MARK) else character


def _marks_as_nothing(character: str) -> str:
    return "" if character == _MARK else _unquoted(character)


_READINGS: tuple[tuple[re.Pattern[str], tuple[Reading, ...]], ...] = (
    (_PLAIN, (_as_it_is, _unquoted, _letters)),
    (_WITHOUT_MARKUP, (_marks_as_blanks, _marks_as_nothing, _letters)),
    (_WITHOUT_NUMBERS, (_letters,)),
)


def _read(units: Units, reading: Reading) -> _Read:
    """One reading: blanks in a row are one, and none stands at either end."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for unit, start, end in units:
        letter = reading(unit)
        if not letter or (letter == _BLANK and (not letters or letters[-1] == _BLANK)):
            continue
        letters.append(letter)
        starts.append(start)
        ends.append(end)
    if letters and letters[-1] == _BLANK:
        del letters[-1], starts[-1], ends[-1]
    return _Read("".join(letters), starts, ends)
