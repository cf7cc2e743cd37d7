"""The desk's side of a send: which signals are reports, and the intake row of one."""

from uuid import UUID

from access.models import Persona
from access.states import PersonaDuty
from bridge.models import Signal
from bridge.states import SignalType
from incidents.answering import wants_status
from incidents.deadlines.clocks import classify_clock
from incidents.models import Intake
from incidents.record import fingerprint_of
from incidents.services.hold_storm import storm_at, tell_of_storm
from incidents.states import IntakeStatus
from incidents.tasks import run_desk
from kernel.ids import new_id
from kernel.tasks import nudge_on_commit

# What an agent sends to report or to ask. The rest is conversation about a case that is open.
_REPORTS = {SignalType.QUESTION, SignalType.TASK, SignalType.NOTICE}


class DeskIntake:
    """Registered with `bridge.hooks`; both calls run in the transaction of the send."""

    def reserve(self, signal: Signal, recipient: Persona) -> UUID | None:
        # A note of the desk to itself (Sage owns the lane of a todo) is no report.
        by_another = signal.sender_id != recipient.pk
        opens_a_thread = signal.in_reply_to_id is None
        at_the_desk = recipient.duty == PersonaDuty.INTAKE_DESK
        is_report = signal.signal_type in _REPORTS
        if at_the_desk and by_another and opens_a_thread and is_report and not wants_status(signal):
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
        if storm is None:
            nudge_on_commit(run_desk, str(signal.intake_id))
        elif began:
            tell_of_storm(storm, intake)
