"""The correlation id of whatever is running now, carried across threads by contextvars."""

import re
from contextvars import ContextVar

from kernel.ids import new_correlation_id

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{3,63}\Z")
_current: ContextVar[str] = ContextVar("correlation_id", default="")


def accept(candidate: str | None) -> str:
    """Take the caller's id when it is sane, else make one; it is current from now on."""
    value = candidate if candidate and _SANE.match(candidate) else new_correlation_id()
    _current.set(value)
    return value


def current() -> str:
    """The current id; one is made where nothing set it (a command, a task)."""
    value = _current.get()
    return value or accept(None)
