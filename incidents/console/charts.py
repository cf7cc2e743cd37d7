"""Charts as geometry: what a template draws as SVG, in percent of the width or height.

Words stay outside the drawing, so that they keep their size on a phone; each chart says in
`summary` what can be seen in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from incidents.numbers.counts import SEVERITIES
from incidents.numbers.tables import ALL, SEVERITY, UNDECIDED, Table
from kernel.spans import span

# So little is still to be seen.
_LEAST = 0.6
_MOST_BARS = 8


@dataclass(frozen=True)
class Bar:
    """A bar of `width` percent, and a paler one behind it up to `reach`."""

    label: str
    text: str
    width: float
    reach: float
    tone: str


@dataclass(frozen=True)
class Bars:
    summary: str
    bars: list[Bar]
    legend: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of a column, from `top` downwards, in percent of the height."""

    top: float
    height: float
    tone: str


@dataclass(frozen=True)
class Column:
    x: float
    width: float
    title: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Columns:
    """Columns over time; `highest` is what 100 percent is, `ends` the first and last label."""

    summary: str
    columns: list[Column]
    highest: int
    ends: tuple[str, str]
    legend: list[tuple[str, str]]


def length_bars(table: Table, by: tuple[str, ...] = (ALL, SEVERITY)) -> Bars | None:
    """Median and 90th percentile of all and by severity, or by `(PROJECT,)`, the first eight;
    None where nothing was measured."""
    rows = [row for row in table.rows if row[0] in by and row[2]][:_MOST_BARS]
    if not rows:
        return None
    longest = max(row[4] for row in rows)
    bars = []
    for _, name, reached, median, p90, _ in rows:
        text = f"{span(median)}, 90 % within {span(p90)} ({reached})"
        width, reach = _percent(median, longest), _percent(p90, longest)
        bars.append(Bar(str(name), text, width, reach, tone(str(name))))
    return Bars(
        f"{table.title}, median and 90th percentile: "
        + "; ".join(f"{bar.label} {bar.text}" for bar in bars),
        bars,
        "Full: median. Pale: up to the 90th percentile. In brackets: how many.",
    )


def share_bars(table: Table, *, whole: int, part: int, bad: bool) -> Bars | None:
    """Per row how large a share `part` (a column's place) is of `whole`."""
    bars = []
    for row in table.rows:
        all_of, some = row[whole], row[part]
        if all_of:
            share = 100 * some / all_of
            text = f"{share:.0f} % ({some} of {all_of})"
            bars.append(Bar(str(row[0]), text, _seen(share), 0.0, "bad" if bad else "ok"))
    if not bars:
        return None
    return Bars(f"{table.title}: " + "; ".join(f"{bar.label} {bar.text}" for bar in bars), bars)


def count_bars(table: Table) -> Bars | None:
    """The first count of each row against the largest."""
    most = max((row[1] for row in table.rows), default=0)
    if not most:
        return None
    bars = [
        Bar(str(row[0]), str(row[1]), _seen(100 * row[1] / most), 0.0, "plain")
        for row in table.rows
    ]
    return Bars(f"{table.title}: " + "; ".join(f"{bar.label} {bar.text}" for bar in bars), bars)


def week_columns(table: Table) -> Columns | None:
    """Incidents per week, the severities on top of each other, P0 at the bottom."""
    totals = [row[-1] for row in table.rows]
    highest = round_up(max(totals, default=0))
    if not any(totals):
        return None
    step = 100 / len(table.rows)
    columns = []
    for place, row in enumerate(table.rows):
        counted = row[1:-1]
        columns.append(
            Column(
                x=_short(place * step + step * 0.12),
                width=_short(step * 0.76),
                title=_week_title(str(row[0]), counted),
                pieces=_stacked(counted, highest),
            )
        )
    summary = (
        f"{table.title}: {sum(totals)} in {len(totals)} weeks, at most {max(totals)} in one week"
    )
    names = [name or UNDECIDED for name in SEVERITIES]
    ends = (str(table.rows[0][0]), str(table.rows[-1][0]))
    return Columns(summary, columns, highest, ends, [(name, tone(name)) for name in names])


def round_up(count: int) -> int:
    """The next number that a scale may end with: 1, 2, 4, 5, 10, 20, 40, 50, 100, …"""
    unit = 1
    while True:
        for step in (1, 2, 4, 5):
            if count <= step * unit:
                return step * unit
        unit *= 10


def tone(name: str) -> str:
    """The name of a colour: severities have their own."""
    return name if name in SEVERITIES and name else "none" if name == UNDECIDED else "plain"


def _stacked(counted: Sequence[int], highest: int) -> list[Piece]:
    pieces, top = [], 100.0
    for severity, count in zip(SEVERITIES, counted, strict=True):
        height = 100 * count / highest
        top -= height
        if count:
            pieces.append(Piece(_short(top), _short(height), tone(severity or UNDECIDED)))
    return pieces


def _week_title(monday: str, counted: Sequence[int]) -> str:
    parts = [
        f"{count} {severity or UNDECIDED}"
        for severity, count in zip(SEVERITIES, counted, strict=True)
        if count
    ]
    return f"Week of {monday}: {', '.join(parts) or 'none'}"


def _percent(part: timedelta, whole: timedelta) -> float:
    return _seen(100 * (part / whole)) if whole else _LEAST


def _seen(percent: float) -> float:
    return _short(max(_LEAST, percent)) if percent else 0.0


def _short(value: float) -> float:
    return round(value, 2)
