"""A postmortem as Markdown: blameless by its template, which asks what and how, never who."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Section:
    """A part that people write; `prompt` is what the template asks for."""

    name: str
    title: str
    prompt: str


SECTIONS = (
    Section("summary", "Summary", "What happened, and how did it become visible?"),
    Section("impact", "Impact", "What was affected, how far, and for how long?"),
    Section("what_worked", "What worked", "What kept the damage small, and how?"),
    Section(
        "what_did_not",
        "What did not work",
        "What let it happen or made it last, and how could it have been seen earlier?",
    ),
)
NAMES = tuple(section.name for section in SECTIONS)


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: when, what in words, and the role that did it."""

    at: datetime
    what: str
    role: str


@dataclass(frozen=True)
class Action:
    """One corrective action as the page lists it."""

    kind: str
    ref: str
    owner: str
    due_at: datetime
    state: str


@dataclass(frozen=True)
class Page:
    """What a postmortem is made of. `facts` are the head's lines; `left_out` counts the entries
    of the timeline that are not among `moments`."""

    postmortem_id: str
    incident_id: str
    facts: Mapping[str, str]
    sections: Mapping[str, str]
    moments: Iterable[Moment]
    actions: Iterable[Action]
    left_out: int = 0


def render(page: Page) -> str:
    """GitHub's Markdown, ending in one line feed."""
    written = [
        f"## {one.title}\n\n{page.sections.get(one.name, '').strip() or f'*{one.prompt}*'}"
        for one in SECTIONS
    ]
    parts = [
        f"# Postmortem {page.postmortem_id}",
        "\n".join(f"- {name}: {_inline(value)}" for name, value in page.facts.items()),
        *written[:2],
        f"## Timeline\n\n{_timeline(page)}",
        *written[2:],
        f"## Corrective actions\n\n{_actions(page)}",
    ]
    return "\n\n".join(parts) + "\n"


def _timeline(page: Page) -> str:
    rows = [(_utc(one.at, "%Y-%m-%d %H:%M:%S"), one.what, one.role) for one in page.moments]
    if not rows:
        return "Nothing is recorded."
    table = _table(("time (UTC)", "event", "role"), rows)
    if page.left_out:
        return f"{table}\n\n{page.left_out} more stand in the timeline of {page.incident_id}."
    return table


def _actions(page: Page) -> str:
    rows = [
        (one.kind, one.ref, one.owner, _utc(one.due_at, "%Y-%m-%d"), one.state)
        for one in page.actions
    ]
    return _table(("kind", "ref", "owner", "due", "state"), rows) if rows else "None yet."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *(tuple(map(_inline, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _inline(text: str) -> str:
    """One line that stays in its cell and is read as it is written."""
    plain = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>|#~" else one for one in plain)


def _utc(moment: datetime, form: str) -> str:
    return moment.astimezone(UTC).strftime(form)
