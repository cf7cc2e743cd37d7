"""Link a postmortem to the artifact its lesson became (seed 002 §4, §9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from access import policy
from incidents.errors import ACTION_EXISTS
from incidents.link_parts import check_artifact, require_room
from incidents.locks import lock_incident
from incidents.models import CorrectiveAction
from incidents.retired import path_of, too_vague
from incidents.services.open_postmortem import opened_postmortem
from incidents.services.settle_postmortem import settle_postmortem
from incidents.states import CorrectiveKind
from incidents.timeline import note
from kernel import clock
from kernel.errors import CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

# As the API takes moments.
LAST_YEAR = 2099


@dataclass(frozen=True)
class Lesson:
    """What is linked. `due_at` is CORRECTIVE_ACTION_DAYS from now unless given; `retires` is the
    path that a retirement plan ends, `ref` without a leading "retire-" unless given."""

    kind: str
    ref: str
    owner: str
    due_at: datetime | None = None
    retires: str = ""


@transaction.atomic
def add_corrective_action(
    *, incident_id: str, tenant_id: UUID, lesson: Lesson, by: Principal
) -> CorrectiveAction:
    """The action, open.

    Raises not_found, postmortem_missing, corrective_action_exists, invalid_request.
    """
    policy.require(by, "incidents.postmortem.write")
    check_artifact(ref=lesson.ref, owner=lesson.owner, retires=lesson.retires)
    retires = _retired_path(lesson)
    due_at = checked_due(lesson.due_at) if lesson.due_at else _default_due()
    incident = lock_incident(incident_id, tenant_id)
    postmortem = opened_postmortem(incident)
    try:
        with transaction.atomic():
            action = CorrectiveAction.objects.create(
                tenant_id=tenant_id,
                postmortem=postmortem,
                kind=lesson.kind,
                ref=lesson.ref,
                retires=retires,
                owner=lesson.owner,
                due_at=due_at,
                created_by=by.label[:200],
            )
    except IntegrityError:
        raise CareError(ACTION_EXISTS) from None
    require_room(postmortem)
    settle_postmortem(postmortem)
    note(
        incident,
        "corrective_action_added",
        by=by,
        action_id=str(action.pk),
        kind=action.kind,
        ref=action.ref,
    )
    record("incidents.corrective_action.added", by=by, subject=action, kind=action.kind)
    return action


def checked_due(due_at: datetime) -> datetime:
    """Raises invalid_request for a moment that is over, and for one that nobody lives to see."""
    if due_at <= clock.now() or due_at.year > LAST_YEAR:
        raise invalid(due_at=f"Must lie ahead, and not after the year {LAST_YEAR}.")
    return due_at


def _default_due() -> datetime:
    return clock.now() + timedelta(days=settings.CORRECTIVE_ACTION_DAYS)


def _retired_path(lesson: Lesson) -> str:
    if lesson.kind != CorrectiveKind.RETIREMENT_PLAN:
        if lesson.retires:
            raise invalid(retires="Only a retirement_plan takes a path out of use.")
        return ""
    path = lesson.retires.strip() or path_of(lesson.ref)
    if too_vague(path):
        raise invalid(
            retires="Name the path, tool or principal that is retired: a word of its own."
        )
    return path
