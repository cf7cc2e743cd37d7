"""A case's stream on a page: by day, by kind, with its corrections, and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from access import policy
from access.console.gate import operator_page
from incidents.console.case import VIEW, case_page, open_case, refused_page
from incidents.events import describe, kind_of
from incidents.models import Incident, TimelineEntry
from incidents.services.correct_timeline import CORRECTION_CHARACTERS, correct_timeline
from incidents.states import EventKind
from incidents.stream import JSON_LINES, entries, json_lines
from kernel.api.query import one_of, uuid_or_none
from kernel.errors import CareError, invalid

SHOWN = 200


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it; `corrects` and `corrected_by` are addresses of entries."""

    entry: TimelineEntry
    corrects: str
    corrected_by: list[str]

    @property
    def correct_address(self) -> str:
        uid = str(self.entry.uid)
        return f"?{urlencode({'entry': uid, 'correct': uid})}#e-{uid}"

    @property
    def kind(self) -> EventKind:
        return kind_of(self.entry.event)

    @property
    def sentence(self) -> str:
        return describe(self.entry.event, self.entry.detail)

    @property
    def text(self) -> str:
        """A corrector's own words; every other entry has none."""
        return str(self.entry.detail.get("text", "")) if self.corrects else ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        shown = {name: value for name, value in self.entry.detail.items() if name != "text"}
        return [(name.replace("_", " "), _plain(value)) for name, value in shown.items()]


@dataclass(frozen=True)
class Day:
    date: date
    lines: list[Line]


class Stream:
    """A part of the stream: `kind` of it, from the entry `first` on, or the newest."""

    def __init__(self, incident: Incident, query: Any) -> None:
        self._incident = incident
        self.kind = one_of(query, "kind", tuple(EventKind.values), None) or ""
        self.newest = "newest" in query
        self._first = uuid_or_none(query, "entry")
        self.asks_to_correct = uuid_or_none(query, "correct")
        self._page, self.next = self._read()

    @property
    def begins_later(self) -> bool:
        return self._first is not None or self.newest

    @property
    def days(self) -> list[Day]:
        uids = {str(entry.uid) for entry in self._page}
        corrections = self._corrections()
        lines = [self._line(entry, corrections, uids) for entry in self._page]
        by_day = groupby(lines, key=lambda line: line.entry.recorded_at.date())
        return [Day(day, list(of_day)) for day, of_day in by_day]

    @property
    def kinds(self) -> Iterator[dict[str, Any]]:
        """The chips: every kind that the catalogue knows, and all of them."""
        yield {"label": "Everything", "url": "?", "current": not self.kind}
        for value, label in EventKind.choices:
            yield {
                "label": str(label).capitalize(),
                "url": f"?kind={value}",
                "current": value == self.kind,
            }

    def address(self, **more: str) -> str:
        """A query of this page that keeps the kind."""
        kept = {"kind": self.kind} if self.kind else {}
        return f"?{urlencode({**kept, **more})}"

    @property
    def newest_address(self) -> str:
        return self.address(newest="1")

    @property
    def start_address(self) -> str:
        return self.address()

    def _read(self) -> tuple[list[TimelineEntry], str]:
        found = entries(self._incident, kind=self.kind or None)
        if self._first is not None:
            found = found.filter(pk__gte=self._number_of(self._first))
        elif self.newest:
            return list(reversed(found.order_by("-id")[:SHOWN])), ""
        page = list(found[: SHOWN + 1])
        more = self.address(entry=str(page[-1].uid)) if len(page) > SHOWN else ""
        return page[:SHOWN], more

    def _number_of(self, uid: UUID) -> int:
        """Raises invalid_request for what is no entry of this case."""
        numbers = self._incident.timeline.filter(uid=uid).values_list("pk", flat=True)
        if not numbers:
            raise invalid(entry="This case has no such entry.")
        return int(numbers[0])

    def _corrections(self) -> dict[str, list[str]]:
        """uid → the uids of the entries that correct it."""
        found: dict[str, list[str]] = {}
        corrections = self._incident.timeline.filter(event="corrected")
        for uid, detail in corrections.values_list("uid", "detail"):
            found.setdefault(detail["entry"], []).append(str(uid))
        return found

    def _line(
        self, entry: TimelineEntry, corrections: dict[str, list[str]], here: set[str]
    ) -> Line:
        def address(uid: str) -> str:
            return f"#e-{uid}" if uid in here else f"?{urlencode({'entry': uid})}#e-{uid}"

        corrects = entry.detail.get("entry", "") if entry.event == "corrected" else ""
        return Line(
            entry=entry,
            corrects=address(corrects) if corrects else "",
            corrected_by=[address(uid) for uid in corrections.get(str(entry.uid), [])],
        )


@operator_page(VIEW)
def timeline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The stream; POST writes a correction. `?kind=`, `?entry=` to begin with, `?newest`."""
    incident = open_case(pk)
    if request.method == "POST":
        return _correct(request, incident, request.user)
    return case_page(request, incident, "timeline", _context(request, incident))


@require_safe
@operator_page(VIEW)
def timeline_lines(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The stream as JSON Lines, to keep."""
    incident = open_case(pk)
    kind = one_of(request.GET, "kind", tuple(EventKind.values), None)
    found = entries(incident, kind=kind)
    response = StreamingHttpResponse(json_lines(found), content_type=JSON_LINES)
    name = f"{incident.incident_id}-timeline.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _context(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    return {
        "stream": Stream(incident, request.GET),
        "may_correct": policy.allow(request.user, "incidents.timeline.correct").allowed,
        "characters": CORRECTION_CHARACTERS,
    }


def _correct(request: HttpRequest, incident: Incident, by: Any) -> HttpResponse:
    typed = request.POST.get("text", "")
    entry = None
    try:
        entry = uuid_or_none(request.POST, "entry")
        if entry is None:
            raise invalid(entry="Name the entry.")
        correct_timeline(
            incident_id=incident.incident_id,
            tenant_id=incident.tenant_id,
            entry=entry,
            text=typed,
            by=by,
        )
    except (CareError, OperationalError) as error:
        context = _context(request, incident)
        context |= {"stream": _asking_again(incident, entry), "typed": typed}
        return refused_page(request, incident, "timeline", error, context)
    messages.success(request, "Corrected by a later entry.")
    address = reverse("incidents_console:timeline", kwargs={"pk": incident.pk})
    return redirect(f"{address}?{urlencode({'entry': str(entry)})}#e-{entry}")


def _asking_again(incident: Incident, entry: UUID | None) -> Stream:
    """The page whose form was refused, with the form where it was."""
    if entry is None or not incident.timeline.filter(uid=entry).exists():
        return Stream(incident, {})
    return Stream(incident, {"entry": str(entry), "correct": str(entry)})


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    if value is None or value == "":
        return "none"
    return str(value)
