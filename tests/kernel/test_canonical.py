"""RFC 8785: the vectors of the document, and what has no canonical form."""

import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.canonical import NotCanonical, canonical_json, digest_of

pytestmark = pytest.mark.one_database

# RFC 8785 §3.2.2 and §3.2.3
RFC_INPUT = r"""
{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}
"""
RFC_OUTPUT = (
    '{"literals":[null,true,false],'
    '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)
RFC_SORTED = ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]


def test_the_document_of_the_rfc() -> None:
    assert canonical_json(json.loads(RFC_INPUT)) == RFC_OUTPUT.encode()


def test_keys_are_sorted_by_utf16_units() -> None:
    shuffled = dict.fromkeys(reversed(RFC_SORTED), 0)
    assert list(json.loads(canonical_json(shuffled))) == RFC_SORTED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # RFC 8785 appendix B
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333332, "333333333.3333332"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (1424953923781206.2, "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_in_the_rfc(value: float, text: str) -> None:
    assert canonical_json(value).decode() == text


def test_a_digest_is_lower_case_hex_sha256_of_the_canonical_form() -> None:
    value = {"b": 1, "a": [True, "é"]}
    expected = hashlib.sha256('{"a":[true,"é"],"b":1}'.encode()).hexdigest()
    assert digest_of(value) == expected == expected.lower()


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        2**53,
        -(2**53),
        "\ud800",
        {"\udc00": 1},
        {1: 2},
        pytest.param({"a": object()}, id="an object"),
        b"bytes",
        [{"deep": [math.nan]}],
    ],
    ids=repr,
)
def test_what_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_a_value_nested_without_end_has_no_canonical_form() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(NotCanonical):
        canonical_json(value)


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(_values)
def test_it_says_the_same_and_is_stable(value: Any) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text
