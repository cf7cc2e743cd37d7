"""Reading a payload into the parts that triage asks for."""

import pytest

from incidents.desk import read_report
from incidents.desk.report import Payload
from incidents.desk.title import NO_TITLE
from tests.incidents.desk import reports


def test_a_plain_text_is_kept_word_for_word() -> None:
    assert read_report("It broke.\n\n  indented\nend").text == "It broke.\n\n  indented\nend"


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ("It broke.\nMore.", "It broke."),
        ("# Inbox is empty\n\ntext", "Inbox is empty"),
        ("Hi Sage,\n\nthe inbox is empty", "the inbox is empty"),
        ("Hi Sage, the inbox is empty", "the inbox is empty"),
        ("## Summary\nInbox is empty", "Inbox is empty"),
        ("---\n- **Inbox is empty**", "Inbox is empty"),
        ({"description": "long", "title": "Inbox is empty"}, "Inbox is empty"),
        ("", NO_TITLE),
        ({}, NO_TITLE),
        ("\x00\u200b\n", NO_TITLE),
        (reports.PY_OWN.split("\n", 2)[2], "KeyError: 'amount'"),
    ],
)
def test_the_title_is_the_first_line_that_says_something(payload: Payload, title: str) -> None:
    assert read_report(payload).title == title


def test_a_long_title_is_cut_between_words_at_120_characters() -> None:
    title = read_report("signal " * 40).title

    assert len(title) <= 120
    assert title.endswith("signal…")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (reports.PY_PRODUCT, "Traceback (most", "prism_client.errors.ServerError: 500"),
        (reports.PY_OWN, "Traceback (most", "KeyError: 'amount'"),
        (reports.JS_TRACE, "TypeError: Cannot", "review.js:88:9)"),
        (reports.JAVA_TRACE, "Exception in thread", "... 2 more"),
        (reports.GO_TRACE, "panic: runtime", "exit status 2"),
        (reports.RUST_TRACE, "thread 'main'", "for a verbose backtrace"),
    ],
)
def test_a_stack_trace_is_found_in_the_text(text: str, first: str, last: str) -> None:
    trace = read_report(text + "\nRegards, Jade").stack_trace

    assert trace is not None
    assert trace.startswith(first)
    assert trace.rstrip().endswith(last)


def test_a_chained_python_trace_is_taken_whole() -> None:
    chained = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "b.py", line 2, in g\nValueError: 2'
    )

    assert read_report(f"Look:\n{chained}\nBye").stack_trace == chained


@pytest.mark.parametrize("text", ["It looks at me (3:4)", "panic: we are late", "no trace here"])
def test_prose_is_not_taken_for_a_trace(text: str) -> None:
    assert read_report(text).stack_trace is None


def test_a_known_key_is_believed_and_every_key_is_kept_in_the_text() -> None:
    report = read_report(
        {
            "title": "Inbox is empty",
            "stack_trace": "some ruby trace",
            "env": {"python": "3.12", "os": "Debian 13", "flags": ["a", 1]},
            "install_type": "Docker",
            "commit": "3f2a9bc1",
            "journal_refs": ["j-17", "j-18"],
            "steps": ["start", "poll"],
            "colour": {"deep": [True, None]},
            "nothing": None,
        }
    )

    assert report.stack_trace == "some ruby trace"
    assert report.environment == {"python": "3.12", "os": "Debian 13", "flags": '["a",1]'}
    assert report.install_type == "docker"
    assert report.git_rev == "3f2a9bc1"
    assert report.journal_refs == ("j-17", "j-18")
    assert report.reproduction == "1. start\n2. poll"
    assert 'colour: {"deep":[true,null]}' in report.text
    assert "nothing" not in report.text


def test_facts_are_picked_from_the_words() -> None:
    report = read_report(
        "prism 0.3.1 in docker, Python 3.11.9, version: 1.2, Ubuntu 22.04, commit 3F2A9BC,\n"
        "see journal 4f21262d and journal entry j-18."
    )

    assert report.environment == {
        "prism": "0.3.1",
        "python": "3.11.9",
        "version": "1.2",
        "os": "ubuntu 22.04",
    }
    assert report.install_type == "docker"
    assert report.git_rev == "3f2a9bc"
    assert report.journal_refs == ("4f21262d", "j-18")


def test_what_is_not_said_is_unknown() -> None:
    report = read_report("It broke.")

    assert report.install_type == "unknown"
    assert (report.environment, report.git_rev, report.journal_refs) == ({}, None, ())
    assert (report.stack_trace, report.reproduction) == (None, None)


def test_steps_under_a_heading_end_at_the_next_heading() -> None:
    report = read_report("Broken.\n\nSteps to reproduce:\n\n1. start\n2. poll\n\nExpected:\nmail")

    assert report.reproduction == "1. start\n2. poll"


def test_a_payload_nested_too_deeply_is_still_read() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    assert "nested too deeply" in read_report({"deep": deep}).text
