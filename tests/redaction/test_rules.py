"""Each rule finds its positive examples, whole, and leaves its negative ones alone."""

from __future__ import annotations

import pytest

from redaction import redact, scan
from redaction.rules import RULES
from redaction.types import Rule
from tests.redaction.examples import expand

POSITIVES = [(rule, example) for rule in RULES for example in rule.positives]
NEGATIVES = [(rule, example) for rule in RULES for example in rule.negatives]


def _name(value: object) -> str:
    return value.name if isinstance(value, Rule) else ""


@pytest.mark.parametrize(("rule", "example"), POSITIVES, ids=_name)
@pytest.mark.parametrize("seed", range(3))
def test_positive_example_is_covered_whole(rule: Rule, example: str, seed: int) -> None:
    text, spans = expand(example, seed)
    findings = scan(text)
    covered = {n for finding in findings for n in range(finding.start, finding.end)}
    for start, end in spans:
        missing = "".join(text[n] for n in range(start, end) if n not in covered)
        assert not missing, f"{rule.name}: {missing!r} of {text!r} stays; found {findings}"


@pytest.mark.parametrize(("rule", "example"), POSITIVES, ids=_name)
def test_rule_itself_finds_its_example(rule: Rule, example: str) -> None:
    text, spans = expand(example)
    findings = scan(text)
    same_class = [f for f in findings if f.type.split(".")[0] == rule.type.split(".")[0]]
    assert any(f.start < spans[0][1] and f.end > spans[0][0] for f in same_class), findings


@pytest.mark.parametrize(("rule", "example"), NEGATIVES, ids=_name)
def test_negative_example_is_left_alone(rule: Rule, example: str) -> None:
    text, _ = expand(example)
    assert [f for f in scan(text) if f.type == rule.type] == []


@pytest.mark.parametrize(("rule", "example"), POSITIVES, ids=_name)
def test_redacted_example_has_nothing_left(rule: Rule, example: str) -> None:
    text, spans = expand(example)
    clean = redact(text, scan(text))
    assert scan(clean) == []
    for start, end in spans:
        assert text[start:end] not in clean


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_rule_has_examples_and_a_known_class(rule: Rule) -> None:
    assert rule.positives
    assert rule.type.split(".")[0] in ("secret", "pii", "env")
    assert rule.keywords


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
