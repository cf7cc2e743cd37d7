"""Which days the figures are about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kernel import clock
from kernel.errors import invalid

LENGTHS = (30, 90, 365)
DEFAULT_DAYS = 90
LONGEST_DAYS = 731
_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Period:
    """From `since` on, until just before `until`; both begin a day in UTC. `days` is one of
    `LENGTHS` when the period was chosen by its length."""

    since: datetime
    until: datetime
    days: int | None = None

    @property
    def first_day(self) -> date:
        return self.since.date()

    @property
    def last_day(self) -> date:
        return (self.until - timedelta(days=1)).date()


def period_of(query: Mapping[str, str]) -> Period:
    """`days=30|90|365`, or `from=` and `to=` (ISO dates, both included; at most 731 days).

    Raises invalid_request.
    """
    if "from" in query or "to" in query:
        first, last = _day(query, "from"), _day(query, "to")
        if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
            raise invalid(to=f"Must not lie before `from`, nor {LONGEST_DAYS} days or more after.")
        return Period(_midnight(first), _midnight(last + timedelta(days=1)))
    text = query.get("days", str(DEFAULT_DAYS))
    if text not in {str(length) for length in LENGTHS}:
        raise invalid(days=f"Must be one of {', '.join(map(str, LENGTHS))}.")
    tomorrow = clock.now().date() + timedelta(days=1)
    return Period(_midnight(tomorrow - timedelta(days=int(text))), _midnight(tomorrow), int(text))


def _day(query: Mapping[str, str], name: str) -> date:
    text = query.get(name, "")
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise invalid(**{name: "Must be a date like 2026-04-09."}) from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
