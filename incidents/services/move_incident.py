"""Move an incident along: contained, resolved, closed, or back to its triage (seed 002 §9)."""

from typing import Any
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.conditions import MOVES, missing_for
from incidents.errors import TRANSITION_REFUSED
from incidents.eval_case import eval_case_digest, eval_id_of
from incidents.locks import lock_incident
from incidents.models import Incident
from incidents.own_words import refuse_secrets
from incidents.services.reopen_incident import reopen_incident
from incidents.services.tell_reporter import tell_reporter
from incidents.standing import standing_of
from incidents.states import Closure, IncidentStatus, WithWhom
from incidents.timeline import note
from kernel.errors import CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

_TOLD = {
    IncidentStatus.CONTAINED: "{} is contained: the damage is stopped, and its cause is next.",
    IncidentStatus.RESOLVED: "{} is resolved: its cause is gone. It closes with its lesson.",
    IncidentStatus.CLOSED: "{} is closed. Reply to this signal with a Question if it shows again.",
}


@transaction.atomic
def move_incident(
    *, incident_id: str, tenant_id: UUID, to: str, reason: str, by: Principal
) -> Incident:
    """The incident where it is now. Of two movers one wins, and the other is judged by what that
    one left.

    Raises not_found, invalid_request, incident_transition_refused (`details.missing` lists all
    that is missing), and what keeps a packet from being taken back on a reopening.
    """
    policy.require(by, "incidents.incident.move")
    if to not in MOVES:
        raise invalid(to=f"Must be one of {', '.join(MOVES)}.")
    if not reason.strip():
        raise invalid(reason="Say why.")
    refuse_secrets(reason=reason)
    incident = lock_incident(incident_id, tenant_id)
    standing = standing_of(incident)
    missing = missing_for(to, standing)
    if missing:
        raise CareError(
            TRANSITION_REFUSED,
            message=" ".join(["It cannot move there yet.", *(one.sentence for one in missing)]),
            details={
                "status": incident.status,
                "to": to,
                "missing": [one.as_dict() for one in missing],
            },
        )
    before = incident.status
    if to == IncidentStatus.TRIAGING:
        reopen_incident(incident, reason=reason, by=by, before=before)
    else:
        lesson = Closure.POSTMORTEM if standing.corrective_actions else Closure.WAIVER
        _forward(incident, IncidentStatus(to), lesson, reason, by)
    record("incidents.incident.moved", by=by, subject=incident, before=before, to=to, reason=reason)
    return incident


def _forward(
    incident: Incident, to: IncidentStatus, lesson: Closure, reason: str, by: Principal
) -> None:
    with_whom: WithWhom | None = None
    detail: dict[str, Any] = {"reason": reason.strip()}
    match to:
        case IncidentStatus.CONTAINED:
            incident.contain()
        case IncidentStatus.RESOLVED:
            incident.resolve()
        case IncidentStatus.CLOSED:
            incident.close()
            incident.closure, with_whom = lesson, WithWhom.REPORTER
            detail |= {"closure": lesson.value, "eval_case": eval_id_of(incident)}
            detail |= {"eval_case_sha256": eval_case_digest(incident)}
    incident.save(update_fields=["status", "closure"])
    _say(incident, to, by, with_whom, detail)


def _say(
    incident: Incident,
    to: IncidentStatus,
    by: Principal,
    with_whom: WithWhom | None,
    detail: dict[str, Any],
) -> None:
    note(incident, to.value, by=by, with_whom=with_whom, **detail)
    tell_reporter(incident, outcome=to.value, text=_TOLD[to].format(incident.incident_id))
