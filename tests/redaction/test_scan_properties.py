"""What holds for every text: no exception, valid offsets, redaction that ends."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from redaction import redact, redact_and_report, scan
from redaction.rules import RULES
from tests.redaction.examples import expand

NAMES = ("Acme", "PID-DPA01", "Jade", "Müller & Söhne", "Дом", "a")

_any_text = st.text(
    alphabet=st.characters(exclude_categories=()),  # lone surrogates and NUL included
    max_size=120,
)
_pieces = st.sampled_from(
    [expand(example)[0] for rule in RULES for example in (*rule.positives, *rule.negatives)]
    + list(NAMES)
    + [
        "[email-1]",
        "[password-12]",
        "\u200b",
        "\ud800",
        "\x00",
        "😀",
        "\x1b[31m",
        "%40",
        "\\u0040",
    ]
    + [
        "&#64;",
        "\n",
        "\r\n",
        " ",
        '"',
        "'",
        "=",
        ":",
        "/",
        "\\",
        "\f",
        "password=",
        "token: ",
        "@",
    ]
)
_mixed = st.lists(st.one_of(_pieces, st.text(max_size=6)), max_size=7).map("".join)


def _check(text: str) -> None:
    findings = scan(text, NAMES)
    for finding in findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.type.split(".")[0] in ("secret", "pii", "env")
    for left, right in pairwise(findings):
        assert left.end <= right.start
    clean = redact(text, findings)
    assert scan(clean, NAMES) == [], clean
    assert redact(clean, scan(clean, NAMES)) == clean


@given(_any_text)
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    _check(text)


@given(_mixed)
@settings(max_examples=500, deadline=None)
def test_text_full_of_findings(text: str) -> None:
    _check(text)


@given(_mixed)
@settings(max_examples=60, deadline=None)
def test_redact_and_report_passes(text: str) -> None:
    clean, summary = redact_and_report(text, NAMES)
    assert summary["status"] == "passed"
    assert summary["finding_count"] == 0
    assert scan(clean, NAMES) == []


@given(_any_text, st.lists(_any_text, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_known_names(text: str, names: list[str]) -> None:
    for finding in scan(text, names):
        assert 0 <= finding.start < finding.end <= len(text)
