"""Take a case that seemed to be over back to its triage."""

from typing import Any

from incidents.hooks import tell_reopened
from incidents.models import Incident
from incidents.services.tell_reporter import tell_reporter
from incidents.states import TierState, WithWhom
from incidents.timeline import note
from kernel.principals import Principal

# What a reopened case is judged by anew: classification and output discipline.
REDONE = (4, 5)


def reopen_incident(incident: Incident, *, reason: str, by: Principal, **detail: Any) -> None:
    """Reopen a locked incident that may be reopened, in the caller's transaction.

    Tiers 4 and 5 are open again, nothing is decided about phoning home, and the reporter is told.
    When it was contained, resolved and closed stays on its timeline, and the row waits for the next
    time. `detail` goes into the timeline. Raises what a listener of `hooks.on_reopened` raises.
    """
    incident.reopen()
    incident.eligible, incident.closure = None, ""
    incident.reopened_count += 1
    over = ("contained_at", "resolved_at", "closed_at")
    for moment in over:
        setattr(incident, moment, None)
    incident.save(update_fields=["status", "eligible", "closure", "reopened_count", *over])
    changes: dict[str, Any] = {"state": TierState.REOPENED, "reopened_because": reason[:300]}
    if by.kind == "agent":
        # As with `incidents.reopening`: the built-in desk keeps off what an agent opened again.
        changes |= {"completed_by": "", "completed_at": None}
    incident.tiers.filter(tier__in=REDONE).update(**changes)
    note(incident, "reopened", by=by, with_whom=WithWhom.INCIDENT_MANAGER, reason=reason, **detail)
    tell_reopened(incident, by)
    tell_reporter(
        incident,
        outcome="reopened",
        text=f"{incident.incident_id} is open again: it was not over. Clara triages it anew.",
    )
