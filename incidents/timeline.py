"""Writing to an incident's timeline, and what it promises the reporter."""

from datetime import timedelta
from typing import Any

from incidents.models import Incident, TimelineEntry
from incidents.states import WithWhom
from kernel import clock
from kernel.principals import Principal

UPDATE_PROMISE = timedelta(hours=24)


def note(
    incident: Incident,
    event: str,
    *,
    by: Principal,
    with_whom: WithWhom | None = None,
    **detail: Any,
) -> TimelineEntry:
    """Write one entry and move the promised next update; in the caller's transaction.

    `with_whom` says who has the case from now on; without it that does not change.
    """
    now = clock.now()
    entry = TimelineEntry.objects.create(
        tenant_id=incident.tenant_id,
        incident=incident,
        event=event,
        actor=by.label[:200],
        detail=detail,
    )
    incident.last_update_at = now
    incident.next_update_due_at = now + UPDATE_PROMISE
    incident.with_whom = with_whom or incident.with_whom
    incident.save(update_fields=["last_update_at", "next_update_due_at", "with_whom"])
    return entry
