"""Reading query parameters: a wrong value is `invalid_request` and names the parameter."""

import re
from typing import Any
from uuid import UUID

from kernel.errors import invalid

# What uuid.UUID takes besides (braces, `urn:uuid:`, no hyphens) is not an id we ever gave out.
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def one_of(query: Any, name: str, values: tuple[str, ...], default: str | None) -> str | None:
    value = query.get(name)
    if value is None:
        return default
    if value not in values:
        raise invalid(**{name: f"Must be one of {', '.join(values)}."})
    return str(value)


def uuid_or_none(query: Any, name: str) -> UUID | None:
    value = query.get(name)
    if value is None:
        return None
    if not UUID_TEXT.match(value):
        raise invalid(**{name: "Must be a UUID."})
    return UUID(value)


def number(query: Any, name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number within bounds, written with no more digits than `highest` has."""
    value = query.get(name)
    if value is None:
        return default
    wellformed = value.isascii() and value.isdecimal() and len(value) <= len(str(highest))
    if not wellformed or not lowest <= int(value) <= highest:
        raise invalid(**{name: f"Must be a number from {lowest} to {highest}."})
    return int(value)
