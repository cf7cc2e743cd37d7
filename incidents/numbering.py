"""Stable ids per tenant and day: `inc-2026-04-09-001`, `pm-2026-04-09-001`."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from incidents.models import DailyCounter
from kernel import clock

_NUMBERED = re.compile(r"([a-z]+)-(\d{4}-\d{2}-\d{2})-(\d{3,6})\Z", re.ASCII)


@dataclass(frozen=True, order=True)
class Numbered:
    """An id of ours in its parts."""

    series: str
    day: date
    number: int

    def __str__(self) -> str:
        return f"{self.series}-{self.day}-{self.number:03d}"

    @classmethod
    def read(cls, text: str) -> "Numbered":
        """Raises ValueError for what `str` would never have written, a 30th of February too."""
        found = _NUMBERED.match(text)
        if not found:
            raise ValueError(text)
        one = cls(found[1], date.fromisoformat(found[2]), int(found[3]))
        if not one.number or f"{one.number:03d}" != found[3]:
            raise ValueError(text)
        return one


def next_number(series: str, tenant_id: UUID) -> str:
    """The next id of a series; gap-free because the counter's row is locked until the caller's
    transaction ends. Call it inside a transaction."""
    day = clock.now().date()
    counter = lock_counter(series, tenant_id, day)
    counter.last += 1
    counter.save(update_fields=["last"])
    return str(Numbered(series, day, counter.last))


def lock_counter(series: str, tenant_id: UUID, day: date) -> DailyCounter:
    """The counter of a day, locked until the caller's transaction ends."""
    key = {"tenant_id": tenant_id, "series": series, "day": day}
    counter = DailyCounter.objects.select_for_update().filter(**key).first()
    if counter is None:
        try:
            with transaction.atomic():
                DailyCounter.objects.create(**key)
        except IntegrityError:
            pass  # another transaction opened the day; its row is the one to lock
        counter = DailyCounter.objects.select_for_update().get(**key)
    return counter


def advance(counter: DailyCounter, number: int) -> None:
    """A number given out elsewhere is taken here too; the counter's row is locked already."""
    if number > counter.last:
        counter.last = number
        counter.save(update_fields=["last"])
