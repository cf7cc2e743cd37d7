"""Each rule decides its examples and leaves its counter-examples to others."""

import pytest

from incidents.desk import classify, read_report
from incidents.desk.rules import CLASSIFICATIONS, RULES, Rule
from incidents.desk.severity import SEVERITY_DEFINITIONS, SEVERITY_RULES

CATALOGUE = {"phone_home_auth_required": "The gh program is not logged in."}
EXAMPLES = [(rule, text) for rule in RULES for text in rule.examples]
COUNTER_EXAMPLES = [(rule, text) for rule in RULES for text in rule.counter_examples]


def decided_by(text: str) -> str:
    return classify(read_report(text), error_sentences=CATALOGUE).rule


@pytest.mark.parametrize(("rule", "text"), EXAMPLES)
def test_a_rule_decides_its_examples(rule: Rule, text: str) -> None:
    assert decided_by(text) == rule.name


@pytest.mark.parametrize(("rule", "text"), COUNTER_EXAMPLES)
def test_a_rule_leaves_its_counter_examples(rule: Rule, text: str) -> None:
    assert decided_by(text) != rule.name


def test_every_rule_is_named_once_described_and_shown_by_examples() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.classification in CLASSIFICATIONS
        assert rule.description
        assert rule.examples
        assert rule.counter_examples


def test_the_last_rule_takes_whatever_is_left() -> None:
    assert RULES[-1].needs == frozenset()
    assert RULES[-1].phrases == ()


def test_the_rationale_quotes_the_words_that_decided() -> None:
    suggestion = classify(read_report("It crashes and the replies are dropped."))

    assert suggestion.rationale == "Rule `fault-words`: the report says 'crashes' and 'dropped'."


def test_every_severity_is_defined_and_reached_only_by_defined_ones() -> None:
    assert list(SEVERITY_DEFINITIONS) == ["P0", "P1", "P2", "P3"]
    assert {rule.severity for rule in SEVERITY_RULES} <= set(SEVERITY_DEFINITIONS)
