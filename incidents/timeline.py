"""Writing to an incident's timeline."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from incidents.models import Incident, TimelineEntry
from incidents.states import WithWhom
from kernel import clock
from kernel.principals import Principal

# Events whose first time stands on the incident, for the numbers; a reopening takes back the last
# three.
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
    entry = note_aside(incident, event, by=by, **detail)
    incident.last_update_at = now
    changed = ["last_update_at"]
    if with_whom and with_whom != incident.with_whom:
        incident.with_whom, incident.with_since = with_whom, now
        changed += ["with_whom", "with_since"]
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


def note_aside(incident: Incident, event: str, *, by: Principal, **detail: Any) -> TimelineEntry:
    """Write one entry about something that leaves the case where it is: an attempt, a correction.
    The case's last change does not move."""
    return note_beside([(incident, event, detail)], by=by)[0]


def note_scan(incident: Incident, scan: dict[str, Any], *, by: Principal) -> TimelineEntry:
    """Write what a stored scan of the case's text found: how many of which class, no value."""
    classes = Counter(one["type"].split(".")[0] for one in scan["findings"])
    return note(
        incident,
        "scanned",
        by=by,
        text_sha256=scan["text_sha256"],
        rule_set_version=scan["rule_set_version"],
        status=scan["status"],
        findings=dict(sorted(classes.items())),
    )
