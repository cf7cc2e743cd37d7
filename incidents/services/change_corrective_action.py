"""Go on with a corrective action: done, dropped, open again, later, or with another owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.errors import LESSON_NEEDED
from incidents.link_parts import check_owner, require_room
from incidents.locks import lock_incident
from incidents.models import CorrectiveAction, Incident
from incidents.own_words import refuse_secrets
from incidents.services.add_corrective_action import checked_due
from incidents.services.settle_postmortem import settle_postmortem
from incidents.services.write_postmortem import postmortem_of
from incidents.standing import standing_actions
from incidents.states import ActionState, Closure, CorrectiveKind, IncidentStatus
from incidents.timeline import note
from kernel import clock
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal


@dataclass(frozen=True)
class Change:
    """What is new; None leaves it as it is."""

    state: str | None = None
    note: str | None = None
    due_at: datetime | None = None
    owner: str | None = None


@transaction.atomic
def change_corrective_action(
    *, incident_id: str, tenant_id: UUID, action_id: UUID, change: Change, by: Principal
) -> CorrectiveAction:
    """The action as it is now.

    Raises not_found, invalid_request (nothing to change, dropped without a note, due in the
    past), incident_lesson_needed (the last one that a closed case rests on is dropped).
    """
    policy.require(by, "incidents.postmortem.write")
    if change == Change():
        raise invalid("Name what changes: state, note, due_at or owner.")
    refuse_secrets(note=change.note or "")
    if change.owner is not None:
        check_owner(change.owner)
    incident = lock_incident(incident_id, tenant_id)
    postmortem = postmortem_of(incident)
    action = (
        postmortem.corrective_actions.select_for_update(of=("self",)).filter(pk=action_id).first()
    )
    if action is None:
        raise CareError(NOT_FOUND)
    before = _terms(action)
    _apply(action, change)
    action.save()
    after = _terms(action)
    moved = [name for name in before if before[name] != after[name]]
    if action.state == ActionState.DROPPED:
        _still_teaches(incident)
    require_room(postmortem)
    settle_postmortem(postmortem)
    fields = sorted(name for name, value in vars(change).items() if value is not None)
    note(
        incident,
        "corrective_action_changed",
        by=by,
        action_id=str(action.pk),
        ref=action.ref,
        state=action.state,
        fields=fields,
        before={name: before[name] for name in moved},
        after={name: after[name] for name in moved},
    )
    record(
        "incidents.corrective_action.changed",
        by=by,
        subject=action,
        before=before["state"],
        after=action.state,
        fields=fields,
    )
    return action


def _terms(action: CorrectiveAction) -> dict[str, Any]:
    """What may be agreed anew."""
    return {
        "state": action.state,
        "owner": action.owner,
        "due_at": isoformat(action.due_at),
        "note": action.note,
    }


def _apply(action: CorrectiveAction, change: Change) -> None:
    if change.state == ActionState.DROPPED and not (change.note or "").strip():
        raise invalid(note="Say why it is dropped.")
    if change.note is not None:
        action.note = change.note.strip()
    if change.owner is not None:
        action.owner = change.owner
    if change.due_at is not None:
        # Another date is another promise: it is reminded of anew.
        action.due_at, action.reminded_at = checked_due(change.due_at), None
    if change.state is not None and change.state != action.state:
        action.state = change.state
        action.settled_at = None if change.state == ActionState.OPEN else clock.now()
        if action.kind == CorrectiveKind.RETIREMENT_PLAN and action.state == ActionState.DONE:
            action.retired_at = action.settled_at


def _still_teaches(incident: Incident) -> None:
    closed_by_it = (
        incident.status == IncidentStatus.CLOSED and incident.closure == Closure.POSTMORTEM
    )
    if closed_by_it and not standing_actions(incident):
        raise CareError(LESSON_NEEDED)
