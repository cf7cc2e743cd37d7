"""What a document must hold to besides its form; without a database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import redaction
from incidents.documents.nodes import Document, Path, Problem, field_name
from incidents.documents.shape import RECORD
from incidents.numbering import Numbered
from incidents.record import missing_links
from incidents.states import LINKED, IncidentStatus, PostmortemStatus
from kernel.clock import isoformat

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Clocks of two machines differ.
LEEWAY = timedelta(minutes=5)
ID_FIELDS = ("incident_id", "postmortem_id")


def moment(text: str) -> datetime:
    """The instant, UTC. Raises ValueError for a 30th of February and an hour 25."""
    return datetime.fromisoformat(text).astimezone(UTC)


def numbered_fields(document: Document) -> dict[str, Numbered]:
    """The document's own ids by field; those that name no day of the calendar are left out."""
    found = {}
    for name in ID_FIELDS:
        if name in document.value:
            try:
                found[name] = Numbered.read(document.value[name])
            except ValueError:
                continue
    return found


def rule_problems(document: Document, now: datetime) -> Iterator[Problem]:
    """What is wrong with one document of the right form, whatever else there is."""
    value = document.value
    numbered = numbered_fields(document)
    for name in ID_FIELDS:
        if name in value and name not in numbered:
            yield problem(document, name, "This is no id of ours: the day or the number is none.")
    for name, one in numbered.items():
        if one.day > now.date():
            yield problem(document, name, "It names a day that is still to come.")
    if value["kind"] == RECORD:
        yield from _record_problems(document, now)
    elif value["status"] == PostmortemStatus.CLOSED and not value["corrective_actions"]:
        yield problem(document, "status", "Without a corrective action it is open.")
    yield from _secrets(document)


def _secrets(document: Document) -> Iterator[Problem]:
    """Documents travel, so none holds a secret. Scanned at one go, and by field only where there
    is one."""
    texts = dict(_texts((), document.value))
    if not redaction.has_secrets(redaction.scan("\n".join(texts.values()))):
        return
    for path, text in texts.items():
        if redaction.has_secrets(redaction.scan(text)):
            line = document.line_of(path)
            yield Problem(line, field_name(path), "It holds a secret: write it without.")


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, inner in value.items():
                yield from _texts((*path, key), inner)
        case list():
            for number, inner in enumerate(value):
                yield from _texts((*path, number), inner)


def _record_problems(document: Document, now: datetime) -> Iterator[Problem]:
    value = document.value
    try:
        detected_at = moment(value["detected_at"])
    except (ValueError, OverflowError):
        yield problem(document, "detected_at", "There is no such date and time.")
    else:
        if detected_at > now + LEEWAY:
            yield problem(document, "detected_at", "It is still to come.")
        elif detected_at < EARLIEST:
            yield problem(document, "detected_at", f"It is before the year {EARLIEST.year}.")
    if value["severity"] is None and value["status"] in (IncidentStatus.TRIAGED, *LINKED):
        yield problem(document, "severity", f"A {value['status']} incident has a severity.")
    if value["status"] in LINKED:
        for name in missing_links(value):
            text = f"A {value['status']} incident knows it, or says {{unknown: reason}}."
            yield problem(document, name, text)
        if not value["containment_actions"]:
            text = f"A {value['status']} incident has at least one containment action."
            yield problem(document, "containment_actions", text)


def lesson_problem(document: Document, link: Document | None) -> Problem | None:
    """`closed` needs what it led to, in the same file (seed 002 §9)."""
    if document.value["status"] != IncidentStatus.CLOSED:
        return None
    if link is not None and link.value["corrective_actions"]:
        return None
    text = (
        "A closed incident needs its incident_postmortem_link with at least one corrective "
        "action in the same file, or the reason of an operator who waives it."
    )
    return problem(document, "status", text)


def number_problem(
    document: Document, name: str, one: Numbered, *, last: int, today: date
) -> Problem | None:
    """Numbers of today are given out here: a new one from elsewhere would break their row."""
    if one.day == today:
        text = f"Numbers of today are given out here; the last one is {last:03d}."
        return problem(document, name, text)
    return None


def normal(document: Document) -> dict[str, Any]:
    """The document as it would be exported: `detected_at` in UTC."""
    value = dict(document.value)
    if value["kind"] == RECORD:
        value["detected_at"] = isoformat(moment(value["detected_at"]))
    return value


def problem(document: Document, name: str, message: str) -> Problem:
    return Problem(document.line_of((name,)), field_name((name,)), message)
