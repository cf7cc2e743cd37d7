"""What an agent sent, read into the parts that triage asks for.

A signal's payload is a text or any JSON object. Reading is total: no payload is refused here, and
nothing an agent wrote is dropped from `Report.text`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from incidents.desk.facts import (
    MAX_ENTRIES,
    MAX_VALUE_CHARS,
    environment_from_mapping,
    environment_from_text,
    environment_line,
    find_git_rev,
    find_install_type,
    find_journal_refs,
    one_line,
)
from incidents.desk.steps import find_steps
from incidents.desk.title import title_of
from incidents.desk.traces import find_traces

Payload = str | dict[str, object]

_HEADLINE_KEYS = ("title", "summary", "subject")
_TEXT_KEYS = ("text", "message", "description", "body", "question", "details", "content")
_TRACE_KEYS = ("stack_trace", "stacktrace", "traceback", "trace", "backtrace")
_STEPS_KEYS = ("reproduction", "steps_to_reproduce", "reproduction_steps", "steps", "repro")
_ENVIRONMENT_KEYS = ("environment", "env")
_ENVIRONMENT_VALUES = ("version", "prism_version", "os", "platform", "python", "node", "arch")
_INSTALL_KEYS = ("install_type", "install", "installation")
_REVISION_KEYS = ("git_rev", "commit", "revision", "git_sha")
_JOURNAL_KEYS = ("journal_refs", "journal_ref", "journal", "journal_entries")


@dataclass(frozen=True)
class Report:
    """One report as the desk reads it.

    `text` is the whole report, lines parted by "\\n"; `title` one line of 1 to 120 characters;
    `stack_trace` and `reproduction` stand in `text` word for word; `environment` maps a lower-case
    name to one line; `install_type` is "unknown" unless said. Source: SPEC-114 tiers 1 and 2.
    """

    text: str
    title: str
    stack_trace: str | None
    environment: dict[str, str]
    install_type: str
    git_rev: str | None
    journal_refs: tuple[str, ...]
    reproduction: str | None


def read_report(payload: Payload) -> Report:
    """Read a signal's payload; never raises, whatever JSON it is."""
    if isinstance(payload, Mapping):
        return _from_mapping({str(key): value for key, value in payload.items()})
    text = _as_text(payload)
    return _build(text, environment={}, given={})


def _from_mapping(values: dict[str, object]) -> Report:
    """Render the object to text, known keys first, and keep what its keys say for certain."""
    lowered = {key.lower(): key for key in values}
    taken: set[str] = set()

    def take(*names: str) -> list[object]:
        keys = [lowered[name] for name in names if name in lowered]
        taken.update(keys)
        return [values[key] for key in keys if values[key] not in (None, "", [], {})]

    headline = [_as_text(value) for value in take(*_HEADLINE_KEYS)]
    prose = [_as_text(value) for value in take(*_TEXT_KEYS)]
    traces = [text for value in take(*_TRACE_KEYS) if (text := _as_text(value)).strip()]
    steps = [text for value in take(*_STEPS_KEYS) if (text := _steps_text(value)).strip()]
    environment: dict[str, str] = {}
    for value in take(*_ENVIRONMENT_KEYS):
        if isinstance(value, Mapping):
            environment |= environment_from_mapping(value)
        else:
            prose.append(f"environment: {_as_text(value)}")
    environment |= environment_from_mapping(
        {name: value for name in _ENVIRONMENT_VALUES for value in take(name)[:1]}
    )
    install = [text for value in take(*_INSTALL_KEYS) if (text := one_line(value))]
    revision = [text for value in take(*_REVISION_KEYS) if (text := one_line(value))]
    journal = _journal_ids(take(*_JOURNAL_KEYS))
    others = [
        _keyed(key, value)
        for key, value in values.items()
        if key not in taken and value not in (None, "", [], {})
    ]
    parts = [*headline, *prose, *others, *traces]
    parts += [f"Steps to reproduce:\n{text}" for text in steps]
    parts.append("\n".join(environment_line(name, value) for name, value in environment.items()))
    parts += [environment_line("install_type", value) for value in install]
    parts += [environment_line("git_rev", value) for value in revision]
    parts += [f"journal: {value}" for value in journal]
    given = {
        "stack_trace": traces[0] if traces else None,
        "reproduction": steps[0] if steps else None,
        "install_type": install[0].lower()[:MAX_VALUE_CHARS] if install else None,
        "git_rev": revision[0][:MAX_VALUE_CHARS] if revision else None,
    }
    text = "\n\n".join(part for part in parts if part.strip())
    return _build(text, environment=environment, given=given, journal=journal)


def _build(
    text: str,
    *,
    environment: dict[str, str],
    given: Mapping[str, str | None],
    journal: tuple[str, ...] = (),
) -> Report:
    """What the keys say stands; what they leave open is looked for in the words."""
    lines = text.split("\n")
    traces = find_traces(lines)
    stack_trace = given.get("stack_trace")
    if stack_trace is None and traces:
        end = traces[0].end
        for later in traces[1:]:
            if later.start != end:
                break
            end = later.end
        stack_trace = "\n".join(lines[traces[0].start : end])
    named = {**environment_from_text(text), **{k.lower(): v for k, v in environment.items()}}
    shown = {key[:MAX_VALUE_CHARS]: value[:MAX_VALUE_CHARS] for key, value in named.items()}
    return Report(
        text=text,
        title=title_of(lines, traces),
        stack_trace=stack_trace,
        environment=dict(list(shown.items())[:MAX_ENTRIES]),
        install_type=given.get("install_type") or find_install_type(text),
        git_rev=given.get("git_rev") or find_git_rev(text),
        journal_refs=journal or find_journal_refs(text),
        reproduction=given.get("reproduction") or find_steps(lines),
    )


def _as_text(value: object) -> str:
    """A value as text with "\\n" line ends and no blank edge; other JSON as compact JSON."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n".join(_as_text(item) for item in value)
    return one_line(value)


def _steps_text(value: object) -> str:
    """Steps as the agent wrote them; a list becomes a numbered one."""
    if isinstance(value, list):
        return "\n".join(f"{n}. {one_line(item)}" for n, item in enumerate(value, start=1))
    return _as_text(value)


def _keyed(key: str, value: object) -> str:
    text = _as_text(value) if isinstance(value, str) else one_line(value)
    return f"{one_line(key)}: {text}"


def _journal_ids(values: list[object]) -> tuple[str, ...]:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return tuple(dict.fromkeys(text for item in items if (text := one_line(item))))
