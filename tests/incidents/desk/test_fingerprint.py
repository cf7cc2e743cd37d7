"""The same fault told twice is the same; reports that say different things are not."""

import string
import time
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incidents.desk import read_report
from incidents.desk.fingerprint import fingerprint, normal_form
from incidents.desk.report import Payload


def mark(payload: Payload) -> str:
    return fingerprint(read_report(payload))


TRACE = """Traceback (most recent call last):
  File "{folder}/worker.py", line {line}, in run
    send(signal)
  File "{folder}/lib/bridge.py", line {line}, in send
KeyError: '{key}'"""

SAME = {
    "numbers": ("It failed 3 times in 40 ms", "It failed 17 times in 2 ms"),
    "uuids": (
        "Signal 0198c1a2-7a5e-7c3b-9d55-0a1b2c3d4e5f is lost",
        "Signal 7f3e2d1c-1111-4abc-8def-deadbeefcafe is lost",
    ),
    "hexadecimal": ("Object at 0x7f3a9c001020 is freed", "Object at 0x10fe is freed"),
    "hashes": ("Commit 3f2a9bc breaks it", "Commit 9e0d1f4a2b breaks it"),
    "times": (
        "Crash at 2026-04-09T09:14:00Z in the worker",
        "Crash at 2025-12-31 23:59:59,123 in the worker",
    ),
    "dates in words": ("Broken since Apr 9", "Broken since May 10"),
    "ids with a name": ("req_01h8xk2v9p failed", "req_77zqa0b1c2 failed"),
    "addresses": ("10.0.0.4 refuses jade@example.org", "192.168.7.12 refuses onyx@example.net"),
    "hosts": (
        "GET http://a.example/api/roster hangs",
        "GET https://b.example:84/api/roster hangs",
    ),
    "folders": ("/home/jade/app/worker.py crashes", "/srv/prism/worker.py crashes"),
    "folders of windows": ("C:\\Users\\Jade\\worker.py crashes", "D:\\worker.py crashes"),
    "line numbers": ("worker.py:12:4 raises", "worker.py:907:1 raises"),
    "case and white space": ("The  Roster\n is EMPTY", "the roster is empty"),
    "punctuation": ("The roster is empty!", "The roster is 'empty'."),
    "counts that look like a status": (
        "It failed 404 times after 500 requests, 200 ms each",
        "It failed 503 times after 401 requests, 301 ms each",
    ),
    "lines that look like a status": (
        "It fails on line 404, in send",
        "It fails on line 12, in send",
    ),
    "workers": (
        "worker-3, ForkPoolWorker-12 and thread7 hang on port 502",
        "worker-17, ForkPoolWorker-1 and thread12 hang on port 8080",
    ),
    "fields with numbers": ("pid=404 hangs, line:12", "pid=77 hangs, line:503"),
    "one spelling of a name": ("UTF8 and spec 114 disagree", "utf-8 and SPEC-114 disagree"),
    "polite words": ("Hi Sage, the roster is empty. Thanks a lot!", "Please: the roster is empty"),
    "typographic": ("the desk doesn’t answer", "the desk doesn't answer"),
    "traces": (
        "It crashes.\n" + TRACE.format(folder="/home/jade", line=3, key="pid"),
        "It crashes.\n" + TRACE.format(folder="/opt/x/y", line=401, key="pid"),
    ),
}
OTHER = {
    "another verb": ("prism_signal crashes", "prism_memory crashes"),
    "another recipient": ("Sage cannot be reached", "Clara cannot be reached"),
    "another endpoint": ("POST /api/v1/signals hangs", "POST /api/v1/roster hangs"),
    "another file": ("/home/a/worker.py crashes", "/home/a/bridge.py crashes"),
    "another error": ("It raises KeyError", "It raises ValueError"),
    "another key in the trace": (
        TRACE.format(folder="/a", line=1, key="pid"),
        TRACE.format(folder="/a", line=1, key="thread_id"),
    ),
    "more said": ("The roster is empty", "The roster is empty after an upgrade"),
    "another status": ("The roster returns 404", "The roster returns 500"),
    "another status in brackets": ("It fails (HTTP 502).", "It fails (HTTP 503)."),
    "another status of a field": ("It fails: status_code=404", "It fails: status_code=422"),
    "another exit code": ("It ends with exit code 137", "It ends with exit code 1"),
    "another tier": ("Tier 3 is refused", "Tier 5 is refused"),
    "another step of as many": ("Step 2 of 5 hangs", "Step 4 of 5 hangs"),
    "another specification": ("SPEC-114 is not met", "SPEC-116 is not met"),
    "another encoding": ("UTF8 cannot be read", "UTF16 cannot be read"),
    "another encoding with a hyphen": ("utf-8 cannot be read", "utf-16 cannot be read"),
    "another hash": ("The sha256 is wrong", "The sha512 is wrong"),
    "another protocol": ("http2 is refused", "http3 is refused"),
    "another interpreter": ("It fails with Python 2", "It fails with Python 3"),
    "another version of an endpoint": ("/api/v1/signals hangs", "/api/v2/signals hangs"),
    "negated": ("It is lost", "It is not lost"),
    "another order": ("Jade lost Onyx", "Onyx lost Jade"),
    "another language": ("Der Posteingang ist leer", "Der Posteingang ist voll"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_fault_with_other_ids(name: str) -> None:
    one, two = SAME[name]
    assert mark(one) == mark(two) != ""


@pytest.mark.parametrize("name", OTHER)
def test_another_fault(name: str) -> None:
    one, two = OTHER[name]
    assert mark(one) != mark(two)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Sage! Thanks.",
        "???",
        "  \n",
        "Please",
        "Hello team",
        "17",
        "10.0.0.4 (12)",
        "2026-04-09",
    ],
)
def test_nothing_said_has_no_fingerprint(text: str) -> None:
    assert mark(text) == ""


def test_fields_and_text_of_the_same_words() -> None:
    trace = TRACE.format(folder="/a", line=1, key="pid")
    fields: Payload = {"text": "It crashes", "stack_trace": trace}
    assert mark(fields) == mark({**fields, "stack_trace": TRACE.format(
        folder="/home/other", line=99, key="pid"
    )})  # fmt: skip


WORDS = st.lists(
    st.text(string.ascii_lowercase, min_size=3, max_size=11).filter(
        # "tier 5" is a thing of its own, not five tiers.
        lambda word: normal_form(word) == word and normal_form(f"{word} 5") == f"{word} #"
    ),
    min_size=1,
    max_size=12,
)
# A status is not another each time.
NUMBERS = st.integers(0, 10**9).map(str).filter(lambda number: normal_form(f"x {number}") == "x #")
CHANGING = st.one_of(
    NUMBERS,
    st.uuids().map(str),
    st.integers(16, 2**64).map(hex),
    st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}".zfill(19)),
    st.ip_addresses(v=4).map(str),
)


@given(words=WORDS, one=CHANGING, two=CHANGING, place=st.integers(0, 12))
def test_whatever_changes_each_time_does_not_count(
    words: list[str], one: str, two: str, place: int
) -> None:
    first, second = ([*words[:place], value, *words[place:]] for value in (one, two))
    assert mark(" ".join(first)) == mark(" ".join(second))


@given(one=WORDS, two=WORDS)
def test_other_words_are_another_fault(one: list[str], two: list[str]) -> None:
    assume(one != two)
    # "we hello" ends no sentence and opens none: courtesy is left out where it stands alone.
    assert mark("desk " + " ".join(one) + " broke") != mark("desk " + " ".join(two) + " broke")


@given(text=st.text(max_size=400))
def test_total_and_stable(text: str) -> None:
    form = normal_form(text)
    assert normal_form(text) == form
    assert mark({"text": text, "x": [text]}) == mark({"text": text, "x": [text]})


@given(identifier=st.uuids(), words=WORDS)
def test_an_identifier_is_one_word_wherever_it_stands(identifier: UUID, words: list[str]) -> None:
    text = " ".join(words)
    assert normal_form(f"{text} ({identifier}).") == normal_form(f"{text} 5")


@pytest.mark.parametrize(
    "piece", ["x", "/", "a/", "1", "@.", "a@b.", "\\", "0123-", ". ", "2026-01-01 ", "-", "a-"]
)
def test_linear_in_the_report(piece: str) -> None:
    started = time.perf_counter()
    normal_form(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 5
