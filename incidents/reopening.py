"""Opening tiers again, and what follows for a case that was triaged."""

from enum import StrEnum
from typing import Any

from incidents.hooks import tell_reopened
from incidents.models import Incident, TriageTier
from incidents.services.tell_reporter import tell_reporter
from incidents.states import IncidentStatus, TierState, WithWhom
from incidents.tiers import LAST_TIER
from incidents.timeline import note
from kernel.principals import Principal


class Cause(StrEnum):
    """Why tiers were opened again; the word stands in the timeline, `text` with the tier."""

    REQUESTED = "requested"
    CORRECTED = "corrected"
    TEXT_CHANGED = "text_changed"

    @property
    def text(self) -> str:
        return {
            "requested": "Opened again on request.",
            "corrected": "A tier below was corrected.",
            "text_changed": "The text changed after it was scanned.",
        }[self.value]


def reopen_from(
    incident: Incident, tier: int, *, cause: Cause, by: Principal, reason: str = ""
) -> list[int]:
    """Open `tier` and all above it again; the numbers of those that were complete. In the caller's
    transaction, the incident locked.

    A triaged case goes back to `triaging`: its eligibility is open, those upstairs let go of it
    (`incidents.hooks.on_reopened`; one that cannot raises), and the reporter is told once.
    """
    rows = TriageTier.objects.filter(
        incident=incident, tier__range=(tier, LAST_TIER), state=TierState.COMPLETE
    )
    opened = sorted(rows.values_list("tier", flat=True))
    if not opened:
        return []
    changes: dict[str, Any] = {
        "state": TierState.REOPENED,
        "reopened_because": (reason or cause.text)[:300],
    }
    if by.kind == "agent":
        # An agent that opened it has the case; the built-in desk keeps off (`desk_has_triage`).
        changes |= {"completed_by": "", "completed_at": None}
    rows.update(**changes)
    if incident.status == IncidentStatus.TRIAGED:
        _untriage(incident, opened, cause, by)
    else:
        note(incident, "triage_reopened", by=by, tiers=opened, cause=cause.value)
    return opened


def _untriage(incident: Incident, opened: list[int], cause: Cause, by: Principal) -> None:
    incident.reopen_triage()
    incident.eligible = None
    incident.save(update_fields=["status", "eligible"])
    tell_reopened(incident, by)
    note(
        incident,
        "triage_reopened",
        by=by,
        with_whom=WithWhom.INCIDENT_MANAGER,
        tiers=opened,
        cause=cause.value,
    )
    tell_reporter(
        incident,
        outcome="triage_reopened",
        text=f"{incident.incident_id} is being triaged again, because what the triage rests on has "
        "changed. Nothing more is prepared for the product team until that is done.",
    )
