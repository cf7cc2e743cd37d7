"""A report that repeats an open case belongs to it; nobody works on the same thing twice."""

from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.models import Incident, Intake
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.sightings import named_in_record, said_in
from incidents.states import IntakeStatus, WithWhom
from incidents.thread import note_thread
from incidents.timeline import note
from kernel.principals import Principal

NOT_THE_SAME = "not_the_same"


def join_case(intake: Intake, case: Incident, *, by: Principal) -> None:
    """Join, and tell the reporter and Clara; both rows are locked, the caller saves the intake."""
    intake.status, intake.joined = IntakeStatus.JOINED, case
    intake.save(update_fields=["joined"])  # what is said in its thread belongs to the case now
    note_thread(case, intake)
    note(
        case,
        "report_joined",
        by=by,
        intake_id=str(intake.id),
        signal_id=str(intake.signal_id),
    )
    with_whom = WithWhom(case.with_whom)
    tell_reporter_from_desk(
        intake,
        signal_type=SignalType.STATUS,
        text=f"This repeats {case.incident_id}, which is open: {case.get_status_display()}, with "
        f"{with_whom.label}. It was joined to it. If it is not the same, reply to this signal with "
        f"category `{NOT_THE_SAME}`, or POST /api/v1/intake/{intake.id}/not-the-same.",
        incident_id=case.incident_id,
        status=case.status,
        joined=True,
    )
    tell_desk(
        PersonaDuty.INCIDENT_MANAGER,
        intake.tenant_id,
        category="report_joined",
        text=f"{case.incident_id} was reported again.",
        incident_id=case.incident_id,
        intake_id=str(intake.id),
    )
    # Its case may be older than the retirement of what it shows, or have retired it itself.
    shown = [*said_in(intake.signal.payload), *named_in_record(case)]
    notice_retired_paths(case, at=intake.signal.created_at, texts=shown, own=True)


def leave_case(intake: Intake, *, not_the_same: bool, by: Principal) -> None:
    """Take a report out of the case it joined, if it did; it waits for what comes next. The caller
    holds the locks of `locks.lock_report`."""
    case = intake.joined
    if case is None:
        return
    if not_the_same:
        note(case, "report_parted", by=by, intake_id=str(intake.id))
    else:
        note(case, "report_left", by=by, intake_id=str(intake.id))
    intake.status, intake.joined = IntakeStatus.RECEIVED, None
    intake.save(update_fields=["status", "joined"])
