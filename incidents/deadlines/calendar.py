"""Working time: pure arithmetic, no database.

Hours of a week are kept in a time zone, and a day may be a holiday or a day off. Everything that
goes in and comes out is an aware instant; lengths are `timedelta`s of working time. Without
hours (`None`) people and agents work round the clock, and this is plain addition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ZERO = timedelta(0)
# How far ahead working time is looked for: a calendar that has none until then has none.
HORIZON = timedelta(days=10 * 366)


class NoWorkingTime(ValueError):
    """The hours do not hold that much working time within ten years."""


@dataclass(frozen=True)
class WorkingHours:
    """`weekdays` count from Monday, 0; `opens` and `closes` are wall-clock times of `timezone`
    on the same day; `country` and `subdivision` are ISO 3166 codes, empty for no holidays."""

    timezone: str
    weekdays: frozenset[int]
    opens: time
    closes: time
    country: str = ""
    subdivision: str = ""
    days_off: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        if day.weekday() not in self.weekdays or day in self.days_off:
            return False
        return not self.country or day not in _public_holidays(
            self.country, self.subdivision, day.year
        )


@lru_cache(maxsize=512)
def _public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    # The library fills in neighbouring years when asked; what it holds of this year is complete.
    return frozenset(day for day in found if day.year == year)


def due_after(start: datetime, work: timedelta, hours: WorkingHours | None) -> datetime:
    """The instant at which `work` (not negative) of working time after `start` is over.

    No work at all ends at `start`, or when the next working day begins. Raises NoWorkingTime.
    """
    if hours is None:
        return (start + work).astimezone(UTC)
    left = work
    for opens, closes in _spans(start, hours):
        begins = max(start, opens)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise NoWorkingTime


def work_between(start: datetime, end: datetime, hours: WorkingHours | None) -> timedelta:
    """The working time from `start` to `end`; nothing when `end` is not later."""
    if end <= start:
        return ZERO
    if hours is None:
        return end - start
    total = ZERO
    for opens, closes in _spans(start, hours):
        if opens >= end:
            break
        total += max(ZERO, min(closes, end) - max(opens, start))
    return total


def _spans(start: datetime, hours: WorkingHours) -> Iterator[tuple[datetime, datetime]]:
    """The working days that end at or after `start`, as instants, in order, up to the horizon."""
    zone = ZoneInfo(hours.timezone)
    start = start.astimezone(UTC)
    # Hours that begin in one UTC day may belong to the local day before it.
    day = start.astimezone(zone).date()
    last = day + HORIZON
    while day <= last:
        if hours.works_on(day):
            opens = _instant(day, hours.opens, zone)
            closes = _instant(day, hours.closes, zone)
            # A clock that is set forward can swallow a short day whole.
            if closes > opens and closes >= start:
                yield opens, closes
        day += timedelta(days=1)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
