"""Writing to an incident's timeline."""

from collections.abc import Iterable
from typing import Any

from incidents.models import Incident, TimelineEntry
from incidents.states import WithWhom
from kernel import clock
from kernel.principals import Principal

# Events whose first time stands on the incident, for the numbers.
_MOMENTS = {
    "triage_tier_1_completed": "acknowledged_at",
    "triaged": "triaged_at",
    "packet_approved": "approved_at",
    "issue_filed": "filed_at",
    "contained": "contained_at",
    "resolved": "resolved_at",
    "closed": "closed_at",
}


def note(
    incident: Incident,
    event: str,
    *,
    by: Principal,
    with_whom: WithWhom | None = None,
    **detail: Any,
) -> TimelineEntry:
    """Write one entry; in the caller's transaction.

    `with_whom` says who has the case from now on; without it that does not change. What the
    reporter was promised moves only when the reporter is told something (`incidents.promises`).
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
    incident.with_whom = with_whom or incident.with_whom
    changed = ["last_update_at", "with_whom"]
    moment = _MOMENTS.get(event)
    if moment and getattr(incident, moment) is None:
        setattr(incident, moment, now)
        changed.append(moment)
    incident.save(update_fields=changed)
    return entry


def note_beside(
    entries: Iterable[tuple[Incident, str, dict[str, Any]]], *, by: Principal
) -> list[TimelineEntry]:
    """Write what happened beside the case, to its clocks: many entries in one insert, which
    change neither who has the case nor when it last moved. In the caller's transaction."""
    return TimelineEntry.objects.bulk_create(
        TimelineEntry(
            tenant_id=incident.tenant_id,
            incident=incident,
            event=event,
            actor=by.label[:200],
            detail=detail,
        )
        for incident, event, detail in entries
    )
