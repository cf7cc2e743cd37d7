"""Stop a clock, with a reason, and set it going again: the time in between does not count."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.deadlines.calendar import work_between
from incidents.deadlines.clocks import PROMISES, facts_of, go_on, lock_subject, mark_breach
from incidents.deadlines.kept import kept
from incidents.errors import DEADLINE_NOT_PAUSED, DEADLINE_NOT_RUNNING, DEADLINE_PROMISED
from incidents.models import Deadline, DeadlinePause
from incidents.own_words import refuse_secrets
from incidents.states import DeadlineState
from incidents.timeline import note_beside
from kernel import clock
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_REASON = 500


@transaction.atomic
def pause_deadline(
    *,
    deadline_id: UUID,
    reason: str,
    by: Principal,
    tenant_id: UUID | None = None,
    incident_id: str | None = None,
) -> Deadline:
    """The clock, standing still; one whose time is over is breached first, sweep or no sweep.

    Raises not_found, invalid_request, deadline_promised (a reporter is never made to wait for
    nothing), deadline_not_running.
    """
    deadline = _locked(deadline_id, reason, by, tenant_id, incident_id)
    if deadline.stage in PROMISES:
        raise CareError(DEADLINE_PROMISED)
    if deadline.state != DeadlineState.OPEN:
        raise CareError(DEADLINE_NOT_RUNNING, message=f"It is {deadline.get_state_display()}.")
    mark_breach(deadline, deadline.subject)
    deadline.state, deadline.paused_at = DeadlineState.PAUSED, clock.now()
    deadline.next_step_at = None
    deadline.save(update_fields=["state", "paused_at", "next_step_at", "breached_at"])
    _write(deadline, paused=True, reason=reason, by=by)
    return deadline


@transaction.atomic
def resume_deadline(
    *,
    deadline_id: UUID,
    reason: str,
    by: Principal,
    tenant_id: UUID | None = None,
    incident_id: str | None = None,
) -> Deadline:
    """The clock, running again, and all that was still to come as much later as it stood still in
    working time. Raises not_found, invalid_request, deadline_not_paused."""
    deadline = _locked(deadline_id, reason, by, tenant_id, incident_id)
    if deadline.state != DeadlineState.PAUSED or deadline.paused_at is None:
        raise CareError(DEADLINE_NOT_PAUSED, message=f"It is {deadline.get_state_display()}.")
    stood = work_between(deadline.paused_at, clock.now(), kept(deadline).hours)
    deadline.paused_seconds += -(-stood // timedelta(seconds=1))
    deadline.state, deadline.paused_at = DeadlineState.OPEN, None
    go_on(deadline)
    deadline.save()
    if deadline.intake is not None:
        deadline.intake.due_at = deadline.due_at
        deadline.intake.save(update_fields=["due_at"])
    _write(deadline, paused=False, reason=reason, by=by)
    return deadline


def _locked(
    deadline_id: UUID,
    reason: str,
    by: Principal,
    tenant_id: UUID | None,
    incident_id: str | None,
) -> Deadline:
    policy.require(by, "incidents.deadline.pause")
    if not reason.strip():
        raise invalid(reason="Say why.")
    if len(reason) > MAX_REASON:
        raise invalid(reason=f"At most {MAX_REASON} characters.")
    refuse_secrets(reason=reason)
    found = Deadline.objects.filter(pk=deadline_id)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    if incident_id is not None:
        found = found.filter(incident__incident_id=incident_id)
    seen = found.select_related("incident", "intake").first()
    if seen is None:
        raise CareError(NOT_FOUND)
    lock_subject(seen.subject)
    return (
        Deadline.objects.select_for_update(of=("self",), no_key=True)
        .select_related("incident", "intake", "policy__calendar")
        .get(pk=deadline_id)
    )


def _write(deadline: Deadline, *, paused: bool, reason: str, by: Principal) -> None:
    event = "deadline_paused" if paused else "deadline_resumed"
    DeadlinePause.objects.create(
        tenant_id=deadline.tenant_id,
        deadline=deadline,
        paused=paused,
        reason=reason.strip(),
        actor=by.label[:200],
    )
    record(f"incidents.{event.replace('_', '.')}", by=by, subject=deadline, stage=deadline.stage)
    if deadline.incident is not None:
        note_beside([(deadline.incident, event, facts_of(deadline))], by=by)
