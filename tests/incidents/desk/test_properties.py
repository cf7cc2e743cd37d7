"""The desk takes any payload, loses nothing of it, and reads in time linear in its length."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.desk import assess, classify, compose_sections, read_report
from incidents.desk.lanes import COMPONENTS
from incidents.desk.report import Payload
from incidents.desk.rules import CLASSIFICATIONS
from incidents.desk.wording import spans
from tests.incidents.desk.reports import CASES, GO_TRACE, PY_OWN, PY_PRODUCT

WORDS = st.sampled_from(
    ["prism_signal", "crashes", "our own code", "my script", "fails", "Sage,", "?", ". ", "\n",
     "\n\n", "```", "````\n", "Steps to reproduce:\n", "1. start\n", "how do i", "please add",
     "version: 1.2", "Traceback (most recent call last):\n", '  File "a.py", line 1, in f\n',
     "KeyError: x\n", "panic: x\n", "goroutine 1:\n", "    at a.b(c.js:1:2)\n", "# ", "> ", "- "]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.one_of(WORDS, st.text(max_size=8))).map(" ".join))
KEYS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["title", "text", "env", "environment", "stack_trace", "steps", "version",
                     "os", "commit", "install_type", "journal_refs", "error"]),
)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
PAYLOADS = st.one_of(TEXTS, st.dictionaries(KEYS, JSON, max_size=6))


def squeeze(text: str) -> str:
    return " ".join(text.split())


@given(PAYLOADS)
@settings(max_examples=200, deadline=None)
def test_every_payload_gets_a_complete_decision(payload: Payload) -> None:
    report = read_report(payload)
    suggestion = classify(report, error_sentences={"crashes": "It crashed."})
    assessment = assess(report)

    assert 1 <= len(report.title) <= 120
    assert "\n" not in report.title
    assert suggestion.classification in CLASSIFICATIONS
    assert suggestion.rule in suggestion.rationale
    assert bool(suggestion.answer) == (suggestion.classification == "info")
    assert bool(suggestion.lane_owner) == (
        suggestion.classification in ("enhancement", "recommendation")
    )
    assert assessment.severity in ("P0", "P1", "P2", "P3")
    assert assessment.scope in ("customer-internal", "prism-product", "mixed")
    assert set(assessment.components) <= set(COMPONENTS)
    assert compose_sections(report, assessment)


@given(JSON)
@settings(max_examples=50, deadline=None)
def test_json_that_is_neither_text_nor_object_is_read_too(payload: Any) -> None:
    assert classify(read_report(payload)).rationale


@given(PAYLOADS)
@settings(max_examples=200, deadline=None)
def test_no_line_of_a_report_is_lost(payload: Payload) -> None:
    report = read_report(payload)
    assessment = assess(report)
    sections = compose_sections(report, assessment)

    if assessment.scope == "mixed":
        # A line may be cut between sentences, never inside one: each piece stands somewhere.
        for start, end in spans(report.text):
            for line in report.text[start:end].split("\n"):
                assert any(squeeze(line) in squeeze(section.text) for section in sections)
        return
    for line in report.text.split("\n"):
        if line.strip(" `~"):  # a bare fence around a trace gives way to one that holds
            assert any(squeeze(line) in squeeze(section.text) for section in sections)


@given(st.dictionaries(KEYS, TEXTS.filter(lambda text: bool(text.strip())), max_size=6))
@settings(max_examples=100, deadline=None)
def test_no_word_of_an_object_is_lost(payload: dict[str, object]) -> None:
    text = squeeze(read_report(payload).text)

    for value in payload.values():
        for word in str(value).split():
            assert word in text


def _whole_desk(text: str) -> None:
    report = read_report(text)
    classify(report, error_sentences={"not_found": "Nothing is there."})
    compose_sections(report, assess(report))


def _seconds(text: str) -> float:
    """The best of three runs in processor seconds, so that a busy machine does not count."""
    times = []
    for _ in range(3):
        started = time.thread_time()
        _whole_desk(text)
        times.append(time.thread_time() - started)
    return min(times)


SEEDS = {
    "prose": " ".join(case.payload for case in CASES if isinstance(case.payload, str)),
    "dots": ".", "questions": "? ", "newlines": "\n", "blanks": " \n\t", "backticks": "`",
    "fences": "```\n", "quotes": "'", "letters": "a", "digits": "1", "versions": "python 1.1.1.1 ",
    "trace heads": "Traceback (most recent call last):\n", "traces": PY_PRODUCT + "\n",
    "own traces": PY_OWN + "\nour own code crashes\n", "panics": "panic: x\n", "go": GO_TRACE,
    "at frames": "  at a.b(c:1)\n", "colons": ":1", "owners": "our our my ", "prism": "prism_a ",
    "unblamed": "prism our code x x x x x x fails ", "wishes": "please add it if it fails ",
    "headings": "Steps to reproduce:\n", "journals": "journal journal ", "hash": "commit ::::",
    "mixed": "our own code crashes. prism_signal hangs! ", "json": json.dumps({"a": ["b"] * 9}),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEDS)
def test_time_grows_with_the_length_and_not_faster(name: str) -> None:
    """Four times the text may take up to eight times as long; a quadratic reading takes 16."""
    seed = SEEDS[name]
    text = (seed * (65_536 // len(seed) + 1))[:65_536]

    quarter, whole = _seconds(text[:16_384]), _seconds(text)

    # Below a few milliseconds the clock measures the machine, not the reading.
    assert whole < 0.05 or whole / quarter < 8.0, f"{quarter:.3f} s, then {whole:.3f} s"
