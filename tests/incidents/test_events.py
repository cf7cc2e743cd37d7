"""The catalogue of timeline events agrees with the sources, and says nothing it may not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.events import EVENTS, HISTORY, describe, events_of, kind_of
from incidents.states import EventKind

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]


def written_events() -> Iterator[tuple[str, str]]:
    """Every event that the sources write, as a regular expression, and where."""
    for package in ("bridge", "incidents", "phonehome"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            module = ast.parse(path.read_text())
            for call in ast.walk(module):
                if isinstance(call, ast.Call):
                    for value in events_in(call, module):
                        yield from ((pattern, where) for pattern in patterns(value, module, where))
    # The entries of a thread are made without the writers.
    yield "message", "incidents/thread.py"


def events_in(call: ast.Call, module: ast.Module) -> list[ast.expr]:
    """What a call of a writer gives as its event. `note_beside` takes (incident, event, detail),
    in place or from a generator of the same module."""
    if called(call) in ("note", "note_aside"):
        return [call.args[1]]
    if called(call) != "note_beside":
        return []
    given = call.args[0]
    if isinstance(given, ast.Call):
        made = [
            one.value
            for function in module.body
            if isinstance(function, ast.FunctionDef) and function.name == called(given)
            for one in ast.walk(function)
            if isinstance(one, ast.Yield)
        ]
    else:
        made = list(ast.walk(given))
    return [one.elts[1] for one in made if isinstance(one, ast.Tuple) and len(one.elts) == 3]


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def patterns(value: ast.expr, module: ast.Module, where: str) -> list[str]:
    match value:
        case ast.Constant(value=str(text)):
            return [re.escape(text)]
        case ast.JoinedStr(values=parts):
            texts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                for part in parts
            ]
            return ["".join(texts)]
        case ast.IfExp(body=first, orelse=second):
            return [*patterns(first, module, where), *patterns(second, module, where)]
        case ast.Attribute(value=ast.Name(id="to")) if where.endswith("move_incident.py"):
            return ["contained", "resolved", "closed"]
        case ast.Name(id="event") if where == "incidents/timeline.py":
            return []  # one writer hands on to the other
        case ast.Name(id=name):
            found = [
                one for given in given_to(name, module) for one in patterns(given, module, where)
            ]
            if found:
                return found
    raise AssertionError(f"{where}:{value.lineno}: the event is none that a reader can look up")


def given_to(name: str, module: ast.Module) -> Iterator[ast.expr]:
    """What a module assigns to `name`, or appends to the list that `name` walks over."""
    for one in ast.walk(module):
        match one:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                yield one.value
            case ast.For(target=ast.Name(id=target), iter=ast.Attribute(attr=events)) if (
                target == name
            ):
                yield from (
                    call.args[0]
                    for call in ast.walk(module)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "append"
                    and isinstance(call.func.value, ast.Name)
                    and call.func.value.id == events
                )


def test_whatever_is_written_stands_in_the_catalogue() -> None:
    missing = {
        f"{pattern} ({where})"
        for pattern, where in written_events()
        if not any(re.fullmatch(pattern, name) for name in EVENTS)
    }
    assert not missing


def test_whatever_stands_in_the_catalogue_is_written() -> None:
    found = {pattern for pattern, _ in written_events()}
    unused = [name for name in EVENTS if not any(re.fullmatch(one, name) for one in found)]
    assert not unused


def test_every_kind_but_none_twice() -> None:
    names = [name for kind in EventKind.values for name in events_of(kind)]
    assert sorted(names) == sorted(EVENTS)
    assert kind_of("an_event_of_tomorrow") == EventKind.RECORD


def test_the_reporters_history_keeps_its_words() -> None:
    expected = {
        "reported": "reported",
        "triage_tier_1_completed": "triaging",
        "triaged": "triaged",
        "packet_staged": "awaiting_operator_review",
        "packet_changes_requested": "changes_requested",
        "packet_approved": "approved",
        "packet_rejected": "rejected",
        "packet_expired": "review_expired",
        "packet_withdrawn": "withdrawn",
        "issue_filed": "filed",
        "shipment_failed": "shipment_failed",
    }
    assert expected.items() <= HISTORY.items()


@pytest.mark.parametrize(
    ("event", "detail", "sentence"),
    [
        (
            "message",
            {"signal_type": "Question", "sender": "reporter", "recipient": "intake_desk"},
            "Question from reporter to intake desk.",
        ),
        (
            "triaged",
            {"eligible": False},
            "Triage is complete; may be filed with the product team: no.",
        ),
        (
            "scanned",
            {"rule_set_version": "7", "findings": {"pii": 1, "secret": 2}},
            "The text was scanned by rule set 7: 1 pii, 2 secret.",
        ),
        (
            "scanned",
            {"rule_set_version": "7", "findings": {}},
            "The text was scanned by rule set 7: nothing found.",
        ),
        (
            "packet_rejected",
            {"reason_code": "not_clear"},
            "An operator rejected the packet: not clear.",
        ),
        ("packet_rejected", {}, "An operator rejected the packet."),
        (
            "shipping_attempt",
            {"number": 2, "phase": "settled", "outcome": "failed", "code": ""},
            "Attempt 2 to file it: settled, failed.",
        ),
        (
            "corrective_action_added",
            {"kind": "retirement_plan", "ref": "retire_{kind}_v1"},
            "A corrective action was added: retirement plan retire_{kind}_v1.",
        ),
        ("an_event_of_tomorrow", {}, "An event of tomorrow."),
    ],
)
def test_sentences(event: str, detail: dict[str, object], sentence: str) -> None:
    assert describe(event, detail) == sentence


def test_a_sentence_can_always_be_made() -> None:
    """Rows of an earlier version may lack what a sentence of today asks for."""
    for event in EVENTS:
        words = describe(event, {})
        assert words.endswith(".")
        assert "{" not in words
        assert "[" not in words
