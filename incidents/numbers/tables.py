"""The figures as tables: what a page draws, and what a spreadsheet takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from incidents.numbers import counts, lengths
from incidents.numbers.lengths import Length, Measure
from incidents.numbers.period import Period
from incidents.selectors_intake import agreement
from incidents.states import Classification, Origin, Severity

PROJECTS_SHOWN = 20
UNDECIDED = "not decided"
ALL, SEVERITY, PROJECT = "all", "severity", "project"

NO_CASE = "no case of its own"

# Texts, counts (int), shares (float from 0 to 1), lengths of time (timedelta), days (date), None.
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """`definition` says in words what the figures are; every row has a value per column."""

    key: str
    title: str
    definition: str
    columns: tuple[str, ...]
    rows: list[Row]

    @property
    def empty(self) -> bool:
        """Whether it has nothing to say: no rows, or only zeros."""
        return not any(
            value for row in self.rows for value in row[1:] if not isinstance(value, str)
        )


def tables(period: Period, tenant_id: UUID | None) -> list[Table]:
    """All of them, in the order of the page; a fixed number of queries."""
    return [
        *_times(period, tenant_id),
        _weeks(period, tenant_id),
        _agreement(period, tenant_id),
        _breaches(period, tenant_id),
        _repeats(period, tenant_id),
        _recurring(period, tenant_id),
    ]


def _times(period: Period, tenant_id: UUID | None) -> list[Table]:
    cases = counts.real_cases(period, tenant_id).filter(origin=Origin.REPORT)
    reports = counts.reports(period, tenant_id)
    return [
        *_measured(
            reports, (lengths.CLASSIFY,), "incident__severity", "reporter__project", "Reports"
        ),
        *_measured(cases, lengths.OF_A_CASE, "severity", "project", "Cases"),
    ]


def _measured(
    rows: Any, measures: tuple[Measure, ...], severity: str, project: str, noun: str
) -> list[Table]:
    overall = lengths.lengths(rows, measures).get((), {})
    by_severity = lengths.lengths(rows, measures, (severity,))
    names = (f"{project}__pid", f"{project}__tenant__slug")
    largest = rows.order_by().values_list(project).annotate(n=Count("pk")).order_by("-n", project)
    pks = [pk for pk, _ in largest[:PROJECTS_SHOWN]]
    by_project = lengths.lengths(rows.filter(**{f"{project}__in": pks}), measures, names)
    return [
        Table(
            measure.key,
            measure.title,
            measure.definition,
            ("By", "Of", noun, "Median", "90 % within", "Mean"),
            [
                _row(ALL, ALL, overall.get(measure.key)),
                *_severity_rows(measure, by_severity),
                *_project_rows(measure, by_project),
            ],
        )
        for measure in measures
    ]


def _severity_rows(measure: Measure, grouped: lengths.Grouped) -> Iterable[Row]:
    found = {severity: measured[measure.key] for (severity,), measured in grouped.items()}
    for name in Severity.values:
        yield _row(SEVERITY, name, found.get(name))
    for severity, name in (("", UNDECIDED), (None, NO_CASE)):
        if severity in found and found[severity].reached:
            yield _row(SEVERITY, name, found[severity])


def _project_rows(measure: Measure, grouped: lengths.Grouped) -> Iterable[Row]:
    several = len({tenant for _, tenant in grouped}) > 1
    rows = [
        _row(PROJECT, f"{pid} ({tenant})" if several else pid, measured[measure.key])
        for (pid, tenant), measured in grouped.items()
        if measured[measure.key].reached
    ]
    return sorted(rows, key=lambda row: (-row[2], row[1]))


def _row(by: str, name: str, length: Length | None) -> Row:
    one = length or Length()
    return (by, name, one.reached, one.median, one.p90, one.mean)


def _weeks(period: Period, tenant_id: UUID | None) -> Table:
    return Table(
        "weeks",
        "Incidents per week",
        "By the moment of detection, weeks from Monday to Sunday (UTC), without withdrawn cases; "
        "the first and the last week may lie in the period only in part.",
        ("Week of", *(name or UNDECIDED for name in counts.SEVERITIES), "All"),
        [
            (week.monday, *(week.counts[name] for name in counts.SEVERITIES), week.total)
            for week in counts.weeks(period, tenant_id)
        ],
    )


def _agreement(period: Period, tenant_id: UUID | None) -> Table:
    return Table(
        "agreement",
        "Agreement of desk and agents",
        "Classifications by agents in the period, and how many of them the built-in desk would "
        "have made alike; its opinion is kept with each at the time.",
        (
            "Agents said",
            "Reports",
            "Desk agreed",
            "Share",
            *(f"Desk said {name}" for name in Classification.values),
        ),
        [
            (
                one.classification,
                one.decided,
                one.agreed,
                one.share,
                *(one.desk_said.get(name, 0) for name in Classification.values),
            )
            for one in agreement(tenant_id, period.since, period.until)
        ],
    )


def _breaches(period: Period, tenant_id: UUID | None) -> Table:
    return Table(
        "breaches",
        "Missed deadlines",
        "Deadlines that began in the period, and those of them whose time ran out before what "
        "they were about was done. Each word promised to a reporter is a deadline of its own.",
        ("Stage", "Deadlines", "Missed", "Share"),
        [
            (one.label, one.began, one.breached, one.share)
            for one in counts.breaches(period, tenant_id)
        ],
    )


def _repeats(period: Period, tenant_id: UUID | None) -> Table:
    found = counts.repeats(period, tenant_id)
    joined = found.joined / found.reports if found.reports else None
    reopened = found.reopened / found.cases if found.cases else None
    return Table(
        "repeats",
        "Repeat incidents",
        "Of the reports that arrived as incidents, those that joined a case already open; of the "
        "cases opened, those that were opened again after they had been contained or later.",
        ("What", "All", "Repeats", "Share", "Times"),
        [
            ("reports that joined an open case", found.reports, found.joined, joined, found.joined),
            (
                "cases that were reopened",
                found.cases,
                found.reopened,
                reopened,
                found.reopenings,
            ),
        ],
    )


def _recurring(period: Period, tenant_id: UUID | None) -> Table:
    return Table(
        "recurring",
        "Categories that recur",
        f"Categories that two or more cases of the period have, the {counts.CATEGORIES_SHOWN} "
        "largest; withdrawn cases do not count.",
        ("Category", "Incidents", "Projects"),
        [
            (one.category, one.incidents, one.projects)
            for one in counts.recurring(period, tenant_id)
        ],
    )
