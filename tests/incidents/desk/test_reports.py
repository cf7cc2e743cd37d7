"""The desk's decisions on realistic reports."""

import pytest

from incidents.desk import assess, classify, read_report
from tests.incidents.desk.reports import CASES, Case

CATALOGUE = {"phone_home_auth_required": "The gh program is not logged in."}


def test_the_table_is_large_enough_and_its_names_are_unique() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_classifies(case: Case) -> None:
    suggestion = classify(read_report(case.payload), error_sentences=CATALOGUE)

    assert suggestion.classification == case.classification, suggestion.rationale
    assert f"Rule `{suggestion.rule}`" in suggestion.rationale
    assert bool(suggestion.answer) == (case.classification == "info")
    assert suggestion.lane_owner == case.lane


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.classification == "incident"],
    ids=lambda case: case.name,
)
def test_assesses_incidents(case: Case) -> None:
    assessment = assess(read_report(case.payload))

    assert (assessment.severity, assessment.scope) == (case.severity, case.scope), assessment.note
    assert assessment.kind == "incident"
    if case.component:
        assert case.component in assessment.components
    if case.scope == "customer-internal":
        assert assessment.components == ()
