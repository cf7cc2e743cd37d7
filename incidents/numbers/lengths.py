"""How long things take: median, 90th percentile and mean of the time between two moments."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Avg, Count, DurationField, ExpressionWrapper, F, QuerySet

# Where the database has no percentiles the newest so many rows are fetched.
FETCHED = 20_000


@dataclass(frozen=True)
class Measure:
    """A time to be told: from the column `begins` to the column `ends` of one row."""

    key: str
    title: str
    begins: str
    ends: str
    definition: str


@dataclass(frozen=True)
class Length:
    """`reached` rows have both moments; the others are not in the figures."""

    reached: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    mean: timedelta | None = None


CLASSIFY = Measure(
    "classify",
    "Time to classify",
    "created_at",
    "classified_at",
    "From the arrival of a report at the desk to its first classification.",
)
OF_A_CASE = (
    Measure(
        "acknowledge",
        "Time to acknowledge",
        "created_at",
        "acknowledged_at",
        "From the opening of a case to the completion of its first tier. The mean is the MTTA.",
    ),
    Measure(
        "triage",
        "Time to triage",
        "created_at",
        "triaged_at",
        "From the opening of a case to the first completion of all five tiers.",
    ),
    Measure(
        "approve",
        "Time to approve",
        "triaged_at",
        "approved_at",
        "From the end of the triage to the first approval of a packet by an operator.",
    ),
    Measure(
        "file",
        "Time to file",
        "approved_at",
        "filed_at",
        "From the first approval to the issue on GitHub.",
    ),
    Measure(
        "resolve",
        "Time to resolve",
        "created_at",
        "resolved_at",
        "From the opening of a case until its cause was gone, for good: where a case was opened "
        "again, the last time counts, and until then none. The mean is the MTTR.",
    ),
)

# The values of the grouping columns, and per measure's key its length.
Grouped = dict[tuple[Any, ...], dict[str, Length]]


class Percentile(Aggregate):
    """percentile_cont of PostgreSQL: interpolated, NULLs left out."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def lengths(rows: QuerySet[Any], measures: Sequence[Measure], by: Sequence[str] = ()) -> Grouped:
    """The measures of `rows`, per combination of the columns `by`; one query."""
    if connection.vendor != "postgresql":
        return _fetched(rows, measures, by)
    wanted: dict[str, Any] = {}
    for one in measures:
        taken = ExpressionWrapper(F(one.ends) - F(one.begins), output_field=DurationField())
        wanted[f"{one.key}_reached"] = Count(taken)
        wanted[f"{one.key}_median"] = Percentile(taken, fraction=0.5)
        wanted[f"{one.key}_p90"] = Percentile(taken, fraction=0.9)
        wanted[f"{one.key}_mean"] = Avg(taken)
    if not by:
        found = [rows.order_by().aggregate(**wanted)]
    else:
        found = list(rows.order_by().values(*by).annotate(**wanted))
    return {
        tuple(row[name] for name in by): {
            one.key: Length(
                row[f"{one.key}_reached"],
                row[f"{one.key}_median"],
                row[f"{one.key}_p90"],
                row[f"{one.key}_mean"],
            )
            for one in measures
        }
        for row in found
    }


def length_of(spans: Iterable[timedelta]) -> Length:
    """The figures of a handful of spans, as PostgreSQL would give them."""
    ordered = sorted(spans)
    if not ordered:
        return Length()
    mean = sum(ordered, timedelta()) / len(ordered)
    return Length(len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.9), mean)


def percentile(ordered: Sequence[timedelta], fraction: float) -> timedelta:
    """Interpolated between neighbours, like percentile_cont; `ordered` is not empty."""
    place = fraction * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _fetched(rows: QuerySet[Any], measures: Sequence[Measure], by: Sequence[str]) -> Grouped:
    columns = list(dict.fromkeys(name for one in measures for name in (one.begins, one.ends)))
    spans: dict[tuple[Any, ...], dict[str, list[timedelta]]] = defaultdict(
        lambda: {one.key: [] for one in measures}
    )
    if not by:
        spans[()] = spans[()]
    for row in rows.order_by("-pk").values_list(*by, *columns)[:FETCHED]:
        group, moments = row[: len(by)], dict(zip(columns, row[len(by) :], strict=True))
        for one in measures:
            _add(spans[group][one.key], moments[one.begins], moments[one.ends])
    return {
        group: {key: length_of(taken) for key, taken in measured.items()}
        for group, measured in spans.items()
    }


def _add(spans: list[timedelta], begins: datetime | None, ends: datetime | None) -> None:
    if begins is not None and ends is not None:
        spans.append(ends - begins)
