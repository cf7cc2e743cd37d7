"""Reading query parameters: a wrong value is `invalid_request` and names the parameter."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

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


def instant_or_none(query: Any, name: str) -> datetime | None:
    """An ISO-8601 instant with its zone, from 2000 to 2099, in UTC; without a zone nobody knows
    when it is, and at the ends of the calendar no database can say."""
    value = query.get(name)
    if value is None:
        return None
    try:
        found = parse_datetime(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 2000 <= found.year <= 2099:
        raise invalid(
            **{
                name: "Must be a date and time with a zone, from 2000 to 2099, as "
                "2026-04-09T09:14:00Z."
            }
        )
    return found.astimezone(UTC)
