"""Spans of time in words: how old, how long left, how long ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Due:
    """A deadline: its instant, the words for it, and `late`, `soon` or `calm`."""

    at: datetime
    words: str
    urgency: str


def due(at: datetime, now: datetime) -> Due:
    left = at - now
    if left <= timedelta(0):
        return Due(at, f"{span(-left)} late", "late")
    return Due(at, f"{span(left)} left", "soon" if left < SOON else "calm")


def age(since: datetime, now: datetime) -> str:
    return f"{span(now - since)} old"


def span(length: timedelta) -> str:
    """`45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`; never negative."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours == 0:
        return f"{minutes} min"
    if days == 0:
        return _two(hours, "h", minutes % 60, "min")
    return _two(days, "d", hours % 24, "h")


def _two(major: int, major_unit: str, minor: int, minor_unit: str) -> str:
    words = f"{major} {major_unit}"
    return f"{words} {minor} {minor_unit}" if minor else words


def ago(moment: datetime, now: datetime) -> str:
    """`3 h 20 min ago`, or `in 2 d 4 h` for what is to come."""
    if moment > now:
        return f"in {span(moment - now)}"
    return f"{span(now - moment)} ago"
