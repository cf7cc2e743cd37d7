"""A JSON parser that refuses what JSON allows and databases or readers do not."""

import json
import re
from typing import Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from kernel.errors import INVALID_REQUEST, JSON_TOO_DEEP, PAYLOAD_TOO_LARGE, CareError

# A string that never ends runs to the end of the body, and no group gives back what it took:
# else a body of unfinished strings would be read again from each of its quotes.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)
_TOO_LARGE = "A number is beyond 2**53; send it as text."
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_INTEGER = 2**53 - 1
_MAX_DIGITS = len(str(-_MAX_INTEGER))


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of at most 256 KiB and 32 levels.

    NUL characters, lone surrogates, NaN, infinities, duplicate keys and numbers beyond 2**53
    (which have no canonical form, RFC 8785, once a database made integers of them) are
    `invalid_request`.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if len(data) > settings.API_MAX_BODY_BYTES:
            raise CareError(PAYLOAD_TOO_LARGE)
        return strict_json(data)


def strict_json(data: bytes) -> Any:
    """Parse `data`. Raises CareError `invalid_request` or `json_too_deep`."""
    if _depth(data) > settings.API_MAX_JSON_DEPTH:
        raise CareError(JSON_TOO_DEEP)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("The body is not UTF-8.") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_bounded_int,
            parse_float=_bounded_float,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _refused(f"The body is not JSON: {error.msg} at {where}.") from None
    _check_text(value)
    return value


def _depth(data: bytes) -> int:
    """Deepest nesting, before parsing: a parser that recurses must not meet a bomb first."""
    depth = deepest = 0
    for match in _STRUCTURE.finditer(data):
        token = match.group()
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _refused(f"The key {twice[:80]!r} stands twice in one object.")
    return result


def _no_constant(name: str) -> Any:
    raise _refused(f"{name} is not JSON.")


def _bounded_int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS or abs(int(digits)) > _MAX_INTEGER:
        raise _refused(_TOO_LARGE)
    return int(digits)


def _bounded_float(digits: str) -> float:
    value = float(digits)
    if abs(value) > _MAX_INTEGER:
        raise _refused(_TOO_LARGE)
    return value


def _check_text(value: Any) -> None:
    """Iterative, so that depth is bounded by the check above and not by Python's stack."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if "\x00" in item:
                raise _refused("The body holds a NUL character.")
            if _SURROGATE.search(item):
                raise _refused("The body holds a lone surrogate.")
        elif isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _refused(message: str) -> CareError:
    return CareError(INVALID_REQUEST, message=message)
