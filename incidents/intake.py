"""The desk's side of a send: which signals are reports, and the intake row of one."""

from uuid import UUID

from access.models import Persona
from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.models import Signal
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.answering import answered_at_once, wants_status
from incidents.deadlines.clocks import classify_clock
from incidents.models import Intake
from incidents.record import fingerprint_of
from incidents.services.hold_storm import storm_at, tell_of_storm
from incidents.states import IntakeStatus
from incidents.tasks import run_desk
from kernel.ids import new_id
from kernel.principals import SystemPrincipal
from kernel.tasks import nudge_on_commit

# What an agent sends to report or to ask. The rest is conversation about a case that is open.
_REPORTS = {SignalType.QUESTION, SignalType.TASK, SignalType.NOTICE}
# In reply to a report that is settled, a Notice is a word of thanks.
_REPORTS_AGAIN = {SignalType.QUESTION, SignalType.TASK}
_SETTLED = (IntakeStatus.ANSWERED, IntakeStatus.ROUTED, IntakeStatus.WITHDRAWN)
_DESK = (PersonaDuty.INTAKE_DESK, PersonaDuty.INCIDENT_MANAGER)


class DeskIntake:
    """Registered with `bridge.hooks`; both calls run in the transaction of the send."""

    def reserve(self, signal: Signal, recipient: Persona) -> UUID | None:
        if signal.in_reply_to_id is not None:
            return new_id() if _reports_again(signal, recipient) else None
        # A note of the desk to itself (Sage owns the lane of a todo) is no report.
        by_another = signal.sender_id != recipient.pk
        at_the_desk = recipient.duty == PersonaDuty.INTAKE_DESK
        is_report = signal.signal_type in _REPORTS
        if at_the_desk and by_another and is_report and not wants_status(signal):
            return new_id()
        return None

    def take_in(self, signal: Signal) -> None:
        intake = Intake(
            id=signal.intake_id,
            tenant_id=signal.tenant_id,
            signal=signal,
            reporter_id=signal.sender_id,
            reporter_pid=signal.from_pid,
            reporter_identity=signal.from_identity,
            created_at=signal.created_at,
            fingerprint=fingerprint_of(signal.payload),
        )
        storm, began = storm_at(intake)
        if storm is not None:
            intake.storm, intake.status = storm, IntakeStatus.HELD
        deadline = classify_clock(intake)
        intake.due_at = intake.next_update_due_at = deadline.due_at
        intake.save(force_insert=True)
        deadline.save(force_insert=True)
        _hand_to_sage(signal)
        if storm is None:
            nudge_on_commit(run_desk, str(signal.intake_id))
        elif began:
            tell_of_storm(storm, intake)


def _reports_again(signal: Signal, recipient: Persona) -> bool:
    """Whether a reply to the desk is a new report: its thread's is settled, so nobody would read
    it. What Sage answers at once, news of a case, stays an answer."""
    if recipient.duty not in _DESK or signal.signal_type not in _REPORTS_AGAIN:
        return False
    settled = Intake.objects.filter(
        signal_id=signal.thread_id, reporter_id=signal.sender_id, status__in=_SETTLED
    )
    return settled.exists() and not answered_at_once(signal, recipient)


def _hand_to_sage(signal: Signal) -> None:
    """What was said to Clara is Sage's to classify: the Handoff makes Sage a party to it."""
    if signal.recipient.duty == PersonaDuty.INTAKE_DESK:
        return
    send_signal(
        sender=signal.recipient,
        by=SystemPrincipal("desk", signal.tenant_id),
        to_identity=holder_of(PersonaDuty.INTAKE_DESK, signal.tenant_id).identity,
        in_reply_to=signal.pk,
        signal_type=SignalType.HANDOFF,
        category="intake",
        payload={"intake_id": str(signal.intake_id)},
    )
