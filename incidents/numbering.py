"""Stable ids per tenant and day: `inc-2026-04-09-001`, `pm-2026-04-09-001`."""

from uuid import UUID

from django.db import IntegrityError, transaction

from incidents.models import DailyCounter
from kernel import clock


def next_number(series: str, tenant_id: UUID) -> str:
    """The next id of a series; gap-free because the counter's row is locked until the caller's
    transaction ends. Call it inside a transaction."""
    day = clock.now().date()
    key = {"tenant_id": tenant_id, "series": series, "day": day}
    counter = DailyCounter.objects.select_for_update().filter(**key).first()
    if counter is None:
        try:
            with transaction.atomic():
                DailyCounter.objects.create(**key)
        except IntegrityError:
            pass  # another transaction opened the day; its row is the one to lock
        counter = DailyCounter.objects.select_for_update().get(**key)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{series}-{day:%Y-%m-%d}-{counter.last:03d}"
