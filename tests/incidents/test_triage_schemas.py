"""The published schemas of the tiers say what the endpoints take."""

import sys
from typing import Any
from unicodedata import category

import pytest
from jsonschema import Draft202012Validator

from incidents.api.tier_forms import TIER_SERIALIZERS, tier_schema
from incidents.tiers import is_blank, missing
from tests.cast import Cast
from tests.incidents.tiers import GOOD

ZERO_WIDTH = "\u200b \u2060\ufeff\U000e0041\u00ad"
BAD: list[tuple[int, dict[str, Any]]] = [
    (1, {}),
    (1, {**GOOD[1], "env": []}),
    (1, {**GOOD[1], "agent_roster": [1] * 501}),
    (1, {**GOOD[1], "more": 1}),
    (1, {**GOOD[1], "install_type": " "}),
    (2, {}),
    (2, {"skipped": {"git_rev": "none"}}),
    (2, {**GOOD[2], "skipped": {"git_rev": "none"}}),
    (2, {**GOOD[2], "skipped": {"other": "none"}}),
    (2, {"stack_trace": "x", "journal_refs": [""], "git_rev": "abc"}),
    (2, {"stack_trace": "x", "journal_refs": [], "skipped": {"git_rev": "none"}}),
    (2, {"stack_trace": "x", "journal_refs": ["j"], "skipped": {"git_rev": ""}}),
    (2, {"stack_trace": "x", "journal_refs": ["j"], "skipped": {"git_rev": 5}}),
    (2, {"stack_trace": "x", "journal_refs": ["j"], "skipped": {"git_rev": ZERO_WIDTH}}),
    (2, {**GOOD[2], "stack_trace": ZERO_WIDTH}),
    (2, {**GOOD[2], "journal_refs": [ZERO_WIDTH]}),
    (3, {"text": ZERO_WIDTH}),
    (4, {**GOOD[4], "note": ZERO_WIDTH}),
    (5, {**GOOD[5], "reasons": [ZERO_WIDTH]}),
    (3, {}),
    (3, {"text": "   "}),
    (3, {"text": "x" * 200_001}),
    (4, {**GOOD[4], "severity": "P4"}),
    (4, {**GOOD[4], "note": ""}),
    (5, {**GOOD[5], "eligible": "true"}),
    (5, {**GOOD[5], "eligible": 1}),
    (5, {**GOOD[5], "reasons": []}),
    (5, {**GOOD[5], "reasons": ["x" * 1001]}),
]
WHOLE: list[tuple[int, dict[str, Any]]] = [
    *GOOD.items(),
    (2, {"skipped": {"stack_trace": "none", "journal_refs": "none", "git_rev": "none"}}),
    (2, {"stack_trace": "x", "journal_refs": ["j"], "skipped": {"git_rev": "none"}}),
    (3, {"text": "  kept as it is \n"}),
    (5, {**GOOD[5], "eligible": False}),
]


def taken(tier: int, body: dict[str, Any]) -> bool:
    form = TIER_SERIALIZERS[tier](data=body, partial=True)
    return form.is_valid() and not missing(tier, form.validated_data)


def test_blank_is_what_unicode_shows_nothing_of() -> None:
    nothing = [one for one in map(chr, range(sys.maxunicode + 1)) if category(one) == "Cf"]
    assert all(is_blank(one) for one in nothing)
    assert not any(is_blank(one) for one in "a.\u00e9\u4e2d\U0001f600")


@pytest.mark.parametrize("tier", GOOD)
def test_a_schema_is_one(tier: int) -> None:
    Draft202012Validator.check_schema(tier_schema(tier))


@pytest.mark.parametrize(("tier", "body"), WHOLE, ids=lambda value: str(value)[:50])
def test_what_is_taken_is_valid(tier: int, body: dict[str, Any]) -> None:
    assert taken(tier, body)
    Draft202012Validator(tier_schema(tier)).validate(body)


@pytest.mark.parametrize(("tier", "body"), BAD, ids=lambda value: str(value)[:50])
def test_what_is_refused_is_not(tier: int, body: dict[str, Any]) -> None:
    assert not taken(tier, body)
    assert not Draft202012Validator(tier_schema(tier)).is_valid(body)


@pytest.mark.django_db
def test_any_agent_may_read_them(cast: Cast) -> None:
    for one in (cast.jade, cast.sage, cast.clara):
        body = one.get("triage/schemas").json()
        assert body == {str(tier): tier_schema(tier) for tier in GOOD}
