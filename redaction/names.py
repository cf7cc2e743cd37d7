"""Names the installation knows: tenants, projects, personas, repositories, as one automaton."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import re2

from redaction.projection import WALL
from redaction.types import compile_bytes

TYPE = "env.known_name"
DETECTOR = "known_name"
MIN_LENGTH = 3


def prepare(known_names: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, distinct names of MIN_LENGTH characters or more; shorter ones match too much."""
    names = {name.strip() for name in known_names}
    return tuple(sorted(name for name in names if len(name) >= MIN_LENGTH))


def find(names: tuple[str, ...], text: str, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans of `names` in `text`, whose projection with walls is `data`.

    Upper and lower case are one; a letter or digit beside a name makes it another word.
    """
    plain, wide = _compile(names)
    if plain is not None:
        yield from _find_plain(plain, data)
    if wide is not None and not text.isascii():
        # Lone surrogates become "?" so that the text can be encoded; offsets stay.
        safe = text.encode("utf-8", "replace").decode("utf-8")
        for match in wide.finditer(safe):
            start, end = match.span()
            if _is_word(safe, start, end) and WALL not in data[start:end]:
                yield start, end


def find_plain(names: tuple[str, ...], data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans of the ASCII names in projected bytes, for views that have no text."""
    plain, _ = _compile(names)
    if plain is not None:
        yield from _find_plain(plain, data)


def _find_plain(pattern: Any, data: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while (match := pattern.search(data, at)) is not None:
        start, end = match.span()
        if _is_word(data, start, end):
            yield start, end
            at = end
        else:
            at = start + 1


def _is_word(text: Any, start: int, end: int) -> bool:
    """Whether nothing alphanumeric continues the name on either side."""
    inside_first, inside_last = text[start : start + 1], text[end - 1 : end]
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (before.isalnum() and inside_first.isalnum()) and not (
        after.isalnum() and inside_last.isalnum()
    )


@lru_cache(maxsize=64)
def _compile(names: tuple[str, ...]) -> tuple[Any, Any]:
    plain = [name for name in names if name.isascii()]
    wide = [name for name in names if not name.isascii()]
    return (
        compile_bytes("(?i)" + _alternatives(plain), longest=True, max_mem=64 << 20)
        if plain
        else None,
        _compile_wide(wide) if wide else None,
    )


def _compile_wide(names: list[str]) -> Any:
    options = re2.Options()
    options.longest_match = True
    options.case_sensitive = False
    options.max_mem = 64 << 20
    options.log_errors = False
    safe = [name.encode("utf-8", "replace").decode("utf-8") for name in names]
    return re2.compile(_alternatives(safe), options)


def _alternatives(names: list[str]) -> str:
    return "(?:" + "|".join(re2.escape(name) for name in names) + ")"
