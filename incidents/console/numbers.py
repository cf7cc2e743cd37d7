"""The page of numbers, and its tables for a spreadsheet."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.console.gate import operator_page
from incidents.console.case import VIEW
from incidents.console.charts import (
    Bars,
    Columns,
    count_bars,
    length_bars,
    share_bars,
    week_columns,
)
from incidents.console.listing import asked_for, tenant_choices, tenant_ids
from incidents.numbers.lengths import CLASSIFY, OF_A_CASE
from incidents.numbers.period import LENGTHS, period_of
from incidents.numbers.tables import PROJECT, Table, tables
from kernel.errors import invalid
from kernel.spans import span

_CASE_TIMES = {one.key for one in OF_A_CASE}
# A spreadsheet takes a text that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Section:
    """One table of the page and what is drawn of it."""

    table: Table
    csv: str
    bars: Bars | None = None
    by_project: Bars | None = None
    columns: Columns | None = None

    @property
    def rows(self) -> list[list[str]]:
        return [[words(value) for value in row] for row in self.table.rows]


@dataclass(frozen=True)
class Headline:
    """One figure that stands above all, and what it is."""

    figure: str
    name: str
    definition: str


@require_safe
@operator_page(VIEW)
def numbers(request: HttpRequest) -> HttpResponse:
    """How long things took, what was missed, what came again; `?format=csv&table=` one table."""
    asked = asked_for(request.GET, ("days", "from", "to", "tenant", "format", "table"))
    period = period_of(asked)
    tenant_id = tenant_ids(asked["tenant"])[0] if "tenant" in asked else None
    found = {table.key: table for table in tables(period, tenant_id)}
    wanted = asked.get("format", "html")
    if wanted == "csv":
        if asked.get("table") not in found:
            raise invalid(table=f"Must be one of {', '.join(found)}.")
        return _csv(found[asked["table"]], f"{period.first_day}-{period.last_day}")
    if wanted != "html":
        raise invalid(format="Must be html or csv.")
    kept = {name: value for name, value in asked.items() if name not in ("format", "table")}
    context = {
        "period": period,
        "lengths": LENGTHS,
        "asked": asked,
        "tenants": tenant_choices(),
        "headlines": _headlines(found),
        "sections": [_section(table, kept) for table in found.values()],
    }
    return render(request, "incidents/numbers.html", context)


def words(value: Any) -> str:
    """A figure as people read it: `3 h 20 min`, `63 %`, `1,204`; a dash for what is not known."""
    match value:
        case None:
            return "–"
        case timedelta():
            return span(value)
        case float():
            return f"{100 * value:.0f} %"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def plain(value: Any) -> str:
    """A figure as a spreadsheet reads it: seconds, shares from 0 to 1, ISO dates, no formulas."""
    match value:
        case None:
            return ""
        case timedelta():
            return f"{value.total_seconds():.0f}"
        case float():
            return f"{value:.4f}"
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            text = str(value)
            return f"'{text}" if text.startswith(_FORMULA) else text


def _headlines(found: dict[str, Table]) -> list[Headline]:
    acknowledge, resolve = found["acknowledge"].rows[0], found["resolve"].rows[0]
    triage, repeats = found["triage"].rows[0], found["repeats"].rows[0]
    missed = sum(row[2] for row in found["breaches"].rows)
    return [
        Headline(words(acknowledge[5]), "MTTA", "mean time to acknowledge: opened to first tier"),
        Headline(words(resolve[5]), "MTTR", "mean time to resolve: opened to cause gone"),
        Headline(words(triage[3]), "triage", "median time from opened to all five tiers"),
        Headline(words(missed), "missed deadlines", "of those that began in the period"),
        Headline(words(repeats[3]), "repeats", "of incident reports joined an open case"),
    ]


def _section(table: Table, kept: dict[str, str]) -> Section:
    address = f"?{urlencode({**kept, 'format': 'csv', 'table': table.key})}"
    if table.key == CLASSIFY.key or table.key in _CASE_TIMES:
        by_project = length_bars(table, (PROJECT,))
        return Section(table, address, length_bars(table), by_project)
    if table.key == "weeks":
        return Section(table, address, columns=week_columns(table))
    if table.key == "recurring":
        return Section(table, address, count_bars(table))
    return Section(table, address, share_bars(table, whole=1, part=2, bad=table.key != "agreement"))


def _csv(table: Table, period: str) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([plain(value) for value in row] for row in table.rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.key}-{period}.csv"'
    return response
