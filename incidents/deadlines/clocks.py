"""Start, meet, cancel and re-plan the clocks of a report or a case.

Each function runs in the caller's transaction. The subject's row is locked before its clocks are
touched, as the sweep does it, so that nobody waits in a circle.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from incidents.deadlines.kept import keep, kept
from incidents.deadlines.policies import Terms, terms_of
from incidents.models import Deadline, Incident, Intake
from incidents.models.deadlines import RUNNING
from incidents.states import DeadlineState, IncidentStatus, Stage, WithWhom
from incidents.timeline import note_beside
from kernel import clock
from kernel.principals import Principal, SystemPrincipal

PROMISES = (Stage.NEXT_UPDATE, Stage.TRACKING)
# A clock that stands still keeps the time that it showed when it was stopped.
STOOD_LATE = Q(state=DeadlineState.PAUSED, due_at__lt=F("paused_at"))


def classify_clock(intake: Intake) -> Deadline:
    """The clock of a report that is about to be inserted, not saved; it begins with the report."""
    return _planned(
        Deadline(
            tenant_id=intake.tenant_id,
            intake=intake,
            stage=Stage.CLASSIFY,
            started_at=intake.created_at,
        )
    )


def start_deadline(incident: Incident, stage: Stage, *, ref: str = "") -> Deadline:
    """The clock of a stage; the one that runs already, where there is one."""
    lock_subject(incident)
    running = _running(incident).filter(stage=stage, ref=ref).first()
    if running is not None:
        return running
    deadline = _planned(
        Deadline(
            tenant_id=incident.tenant_id,
            incident=incident,
            stage=stage,
            ref=ref,
            severity=incident.severity,
            started_at=clock.now(),
        )
    )
    deadline.save(force_insert=True)
    return deadline


def meet_deadline(subject: Incident | Intake, stage: Stage, *, ref: str = "") -> None:
    """What the clock was for is done, in time or late."""
    lock_subject(subject)
    _end(subject, _running(subject).filter(stage=stage, ref=ref), DeadlineState.MET)


def meet_classify_of(intakes: QuerySet[Intake]) -> None:
    """Many reports, locked, were classified at once: the same as meeting each one's clock."""
    now = clock.now()
    running = Deadline.objects.filter(
        stage=Stage.CLASSIFY, state__in=RUNNING, intake__in=intakes.values("pk")
    )
    late = running.filter(Q(state=DeadlineState.OPEN, due_at__lt=now) | STOOD_LATE)
    late.filter(breached_at__isnull=True).update(breached_at=F("due_at"))
    running.update(state=DeadlineState.MET, ended_at=now, next_step_at=None)


def cancel_deadline(subject: Incident | Intake, stage: Stage, *, ref: str = "") -> None:
    """What the clock was for has ended another way."""
    lock_subject(subject)
    _end(subject, _running(subject).filter(stage=stage, ref=ref), DeadlineState.CANCELLED)


def cancel_all(subject: Incident | Intake) -> None:
    """Nobody has to do anything about it any more."""
    lock_subject(subject)
    _end(subject, _running(subject), DeadlineState.CANCELLED)


def renew_promise(incident: Incident) -> datetime:
    """End the running promise and start the next one; when the next word is due."""
    stage = Stage.TRACKING if incident.with_whom == WithWhom.PRODUCT_TEAM else Stage.NEXT_UPDATE
    lock_subject(incident)
    _end(incident, _running(incident).filter(stage__in=PROMISES), DeadlineState.MET)
    return start_deadline(incident, stage).due_at


def triage_again(incident: Incident, by: Principal) -> None:
    """A case whose triage was reopened has its time for it again; one that ended has none."""
    if incident.status == IncidentStatus.TRIAGING:
        start_deadline(incident, Stage.TRIAGE)


def replan(incident: Incident) -> None:
    """The case has another severity: its clocks keep their start and get its policy's time. A
    promise that the reporter was given may come sooner, never later, and what is over is over."""
    lock_subject(incident)
    over = Q(state=DeadlineState.OPEN, due_at__lte=clock.now()) | STOOD_LATE
    running = _running(incident).filter(~over, breached_at__isnull=True)
    for deadline in running.filter(stage__in=[Stage.TRIAGE, *PROMISES]):
        terms = terms_of(deadline.stage, incident.severity, incident.tenant_id)
        due_at = moment_of(deadline, terms, 100)
        if deadline.stage in PROMISES:
            if due_at >= deadline.due_at:
                continue
            incident.next_update_due_at = due_at
            incident.save(update_fields=["next_update_due_at"])
        deadline.severity = incident.severity
        _plan(deadline, terms)
        deadline.save()


def _planned(deadline: Deadline) -> Deadline:
    _plan(deadline, terms_of(deadline.stage, deadline.severity, deadline.tenant_id))
    return deadline


def go_on(deadline: Deadline) -> None:
    """Move what is still to come of a clock that stood still; what was, was. Not saved."""
    terms = kept(deadline)
    if deadline.breached_at is None:
        if not deadline.was_at_risk:
            deadline.at_risk_at = moment_of(deadline, terms, terms.at_risk_percent)
        deadline.due_at = moment_of(deadline, terms, 100)
    # The sweep looks at once, takes what is due and says when to look again.
    deadline.next_step_at = clock.now()


def _plan(deadline: Deadline, terms: Terms) -> None:
    deadline.policy, deadline.minutes, deadline.terms = terms.policy, terms.minutes, keep(terms)
    deadline.at_risk_at = moment_of(deadline, terms, terms.at_risk_percent)
    deadline.due_at = moment_of(deadline, terms, 100)
    deadline.was_at_risk = deadline.was_at_risk and deadline.at_risk_at <= _shows(deadline)
    first = min([terms.at_risk_percent, *(step.after_percent for step in terms.steps)])
    if deadline.state == DeadlineState.OPEN:
        deadline.next_step_at = moment_of(deadline, terms, first)


def moment_of(deadline: Deadline, terms: Terms, percent: int) -> datetime:
    """When so much of a clock's time is over, the time in which it stood still left out."""
    return terms.moment(deadline.started_at, percent, timedelta(seconds=deadline.paused_seconds))


def _running(subject: Incident | Intake) -> QuerySet[Deadline]:
    return subject.deadlines.filter(state__in=RUNNING)


def lock_subject(subject: Incident | Intake) -> None:
    """Most callers hold it already; then this costs one look."""
    model = type(subject)
    model.objects.select_for_update(of=("self",), no_key=True).only("pk").filter(
        pk=subject.pk
    ).first()


def _end(subject: Incident | Intake, running: QuerySet[Deadline], state: DeadlineState) -> None:
    """A clock that ends after its time was breached, whether or not a sweep came by."""
    for deadline in running:
        mark_breach(deadline, subject)
        deadline.state, deadline.ended_at, deadline.next_step_at = state, clock.now(), None
        deadline.save(update_fields=["state", "ended_at", "next_step_at", "breached_at"])


def mark_breach(deadline: Deadline, subject: Incident | Intake) -> None:
    """Say that the time is over, where it is and nobody said so yet. Not saved."""
    if deadline.breached_at is not None or _shows(deadline) <= deadline.due_at:
        return
    deadline.breached_at = deadline.due_at
    if isinstance(subject, Incident):
        note_beside(
            [(subject, "deadline_breached", facts_of(deadline))],
            by=SystemPrincipal("clock", subject.tenant_id),
        )


def _shows(deadline: Deadline) -> datetime:
    """The moment up to which a clock has run: now, or when it was paused."""
    return deadline.paused_at or clock.now()


def facts_of(deadline: Deadline) -> dict[str, str]:
    """What a timeline entry says of a clock."""
    facts = {
        "deadline_id": str(deadline.pk),
        "stage": str(deadline.stage),
        "due_at": str(clock.isoformat(deadline.due_at)),
    }
    return {**facts, "ref": deadline.ref} if deadline.ref else facts
