"""The names that stand in a redacted text for what was removed: `[email-1]`, `[github-token-2]`."""

from __future__ import annotations

from functools import cache
from typing import Any

from redaction.projection import WALL
from redaction.rules import KINDS
from redaction.types import compile_bytes


def placeholder(kind: str, number: int) -> str:
    """`placeholder("github_token", 2)` is `[github-token-2]`."""
    return f"[{kind.replace('_', '-')}-{number}]"


@cache
def _walls() -> Any:
    kinds = "|".join(sorted(kind.replace("_", "-") for kind in KINDS))
    # The second form is the line by which a filed issue is found again; it must survive.
    return compile_bytes(
        rf"\[({kinds})-([1-9][0-9]{{0,6}})\]"
        r"|prism-care:packet:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    )


def wall_off(data: bytes) -> bytes:
    """Return `data`, same length, with a wall in place of each placeholder and packet reference.

    No rule matches across a wall, so a placeholder is never a finding nor part of one.
    """
    if b"[" not in data and b"prism-care:" not in data:
        return data
    parts: list[bytes] = []
    done = 0
    for match in _walls().finditer(data):
        start, end = match.span()
        parts += (data[done:start], WALL * (end - start))
        done = end
    if not parts:
        return data
    parts.append(data[done:])
    return b"".join(parts)


def highest_numbers(data: bytes) -> dict[str, int]:
    """The highest number in use per kind, so that a second pass does not reuse a name."""
    highest: dict[str, int] = {}
    for match in _walls().finditer(data):
        kind = match.group(1)
        if kind:
            name = kind.decode("ascii").replace("-", "_")
            highest[name] = max(highest.get(name, 0), int(match.group(2)))
    return highest
