"""What the JSON parser refuses, and that refusing costs no more than reading."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.api.parsers import strict_json
from kernel.errors import CareError
from tests.cast import Cast

pytestmark = pytest.mark.one_database

DEEPEST = 32


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


REFUSED = {
    "nothing": b"",
    "half": b'{"a":',
    "two values": b"{} {}",
    "single quotes": b"{'a': 1}",
    "trailing comma": b"[1,]",
    "comment": b"[1] // one",
    "latin-1": '{"a":"é"}'.encode("latin-1"),
    "utf-16": '{"a":"b"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "overlong form": b'{"a":"\xc0\xaf"}',
    "raw NUL": b'{"a":"\x00"}',
    "escaped NUL": b'{"a":"\\u0000"}',
    "escaped NUL in a key": b'{"\\u0000":1}',
    "raw lone surrogate": b'{"a":"\xed\xa0\x80"}',
    "escaped lone surrogate": b'{"a":"\\ud800"}',
    "escaped low surrogate": b'{"a":"\\udfff b"}',
    "lone surrogate in a key": b'{"\\udc00":1}',
    "raw line break in text": b'{"a":"\n"}',
    "NaN": b'{"a":NaN}',
    "infinity": b'{"a":Infinity}',
    "minus infinity": b'{"a":-Infinity}',
    "number beyond a double": b'{"a":1e400}',
    "float beyond 2**53": b'{"a":1e20}',
    "2**53": b'{"a":9007199254740992}',
    "minus 2**53": b'{"a":-9007199254740992}',
    "integer of a hundred thousand digits": b"[" + b"9" * 100_000 + b"]",
    "leading zero": b"[01]",
    "duplicate keys": b'{"a":1,"a":1}',
    "duplicate keys inside": b'{"a":[{"b":1,"\\u0062":2}]}',
    "bare word": b"yes",
    "unfinished string": b'{"a":"',
    "unfinished escape": b'{"a":"\\',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_refused_as_an_invalid_request(body: bytes) -> None:
    with pytest.raises(CareError) as caught:
        strict_json(body)
    assert caught.value.code == "invalid_request"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"9007199254740991", 2**53 - 1),
        (b"-9007199254740991", -(2**53) + 1),
        (b'"\\ud83d\\ude00"', "😀"),
        ('"é😀"'.encode(), "é😀"),
        (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
        (b"[0.1, -0.0, 1e2]", [0.1, -0.0, 100.0]),
        (b'" \\u2028 [[[[ "', " \u2028 [[[[ "),
    ],
)
def test_taken_as_it_stands(body: bytes, value: Any) -> None:
    assert strict_json(body) == value


def test_the_message_never_shows_a_surrogate() -> None:
    with pytest.raises(CareError) as caught:
        strict_json(b'{"\\ud800":1,"\\ud800":2}')
    assert caught.value.message.encode()


def test_the_deepest_level_is_taken_and_the_next_refused() -> None:
    assert strict_json(nested(DEEPEST))
    assert strict_json(b"[" * DEEPEST + b"]" * DEEPEST)
    for body in (nested(DEEPEST + 1), b"[" * 33 + b"]" * 33, b"[{" * 17 + b'"a"' + b"}]" * 17):
        with pytest.raises(CareError) as caught:
            strict_json(body)
        assert caught.value.code == "json_too_deep"
        assert caught.value.status == 422


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 100_000, b"]" * 50_000 + b"[" * 50_000, b'["]"' + b"[" * 100_000],
)
def test_a_depth_bomb_is_refused(body: bytes) -> None:
    with pytest.raises(CareError) as caught:
        strict_json(body)
    assert caught.value.code in ("json_too_deep", "invalid_request")


@pytest.mark.parametrize(
    ("unit", "opening"), [(b'\\"', b'"'), (b'"', b""), (b"\\", b'"'), (b'"\\', b""), (b"[", b'"')]
)
def test_reading_costs_the_same_per_byte_whatever_is_unfinished(
    unit: bytes, opening: bytes
) -> None:
    """Was quadratic: a full body of unfinished strings kept a process for eleven minutes."""

    def seconds(length: int) -> float:
        body = opening + unit * (length // len(unit))
        started = time.process_time()
        with pytest.raises(CareError):
            strict_json(body)
        return time.process_time() - started

    assert min(seconds(262_144) for _ in range(3)) < 1.0


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_json, st.booleans())
def test_whatever_json_can_say_is_read_back(value: Any, ascii_only: bool) -> None:
    assert strict_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_in_another_way(body: bytes) -> None:
    with suppress(CareError):
        strict_json(body)


@pytest.mark.django_db
def test_over_http_it_is_a_400_in_the_envelope(cast: Cast) -> None:
    for name, body in REFUSED.items():
        answer = cast.jade.request("POST", "signals", body)
        assert answer.status_code == 400, name
        assert answer.json()["error"]["code"] == "invalid_request"
