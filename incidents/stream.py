"""A case's timeline as it is read: chosen entries, their outward form, and JSON Lines."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from incidents.events import EVENTS, describe, events_of, kind_of
from incidents.models import Incident, TimelineEntry
from incidents.states import EventKind
from kernel.clock import isoformat

JSON_LINES = "application/x-ndjson"
CHUNK = 500


def entries(
    incident: Incident,
    *,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[TimelineEntry]:
    """The case's entries, oldest first; `since` counts in, `until` does not."""
    found = TimelineEntry.objects.filter(incident=incident).order_by("id")
    if kind is not None:
        chosen = Q(event__in=events_of(kind))
        if kind == EventKind.RECORD:  # an event of another version counts as one of these
            chosen |= ~Q(event__in=list(EVENTS))
        found = found.filter(chosen)
    if since is not None:
        found = found.filter(recorded_at__gte=since)
    if until is not None:
        found = found.filter(recorded_at__lt=until)
    return found


def entry_body(entry: TimelineEntry) -> dict[str, Any]:
    """One entry for a reader outside; `corrects` only where it puts another one right."""
    body = {
        "uid": str(entry.uid),
        "at": isoformat(entry.recorded_at),
        "kind": kind_of(entry.event).value,
        "event": entry.event,
        "actor": entry.actor,
        "sentence": describe(entry.event, entry.detail),
        "detail": entry.detail,
    }
    if entry.event == "corrected":
        body["corrects"] = entry.detail["entry"]
    return body


def json_lines(found: QuerySet[TimelineEntry]) -> Iterator[bytes]:
    """One JSON object a line (https://jsonlines.org), read CHUNK entries at a time: a stream of
    any length takes the same memory."""
    last = 0
    while True:
        chunk = list(found.filter(pk__gt=last)[:CHUNK])
        for entry in chunk:
            yield json.dumps(entry_body(entry), ensure_ascii=False).encode() + b"\n"
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].pk
