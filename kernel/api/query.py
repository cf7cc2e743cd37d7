"""Reading query parameters: a wrong value is `invalid_request` and names the parameter."""

from typing import Any
from uuid import UUID

from kernel.errors import invalid


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
    try:
        return UUID(value)
    except ValueError:
        raise invalid(**{name: "Must be a UUID."}) from None
