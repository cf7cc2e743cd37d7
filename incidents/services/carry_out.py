"""What a verdict does to a report: answer it, make it an incident, or put it on a list."""

from access import policy
from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.desk.answers import NO_ANSWER
from incidents.models import Intake
from incidents.services.put_todo import put_todo
from incidents.services.take_as_incident import take_as_incident
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.states import Classification, IntakeStatus
from incidents.verdict import Verdict
from kernel.errors import invalid
from kernel.principals import Principal

DEFAULT_LANE_OWNER = "product"
CHANGED = ("status", "todo", "joined", "fingerprint")


def carry_out(intake: Intake, verdict: Verdict, by: Principal) -> None:
    """Set the intake's status and what belongs to it, and tell whom it concerns.

    The caller holds the locks of `locks.lock_report` and saves the fields in CHANGED. Raises
    invalid_request (info without an answer, Clara as the owner of a lane).
    """
    policy.require(by, "incidents.intake.classify")
    match verdict.classification:
        case Classification.INFO:
            answer_report(intake, verdict)
        case Classification.INCIDENT:
            take_as_incident(intake, title=verdict.title, by=by)
        case _:
            _route(intake, verdict)


def answer_report(intake: Intake, verdict: Verdict) -> None:
    """What no rule answers waits on Sage's list, as the answer promises."""
    if not verdict.answer.strip():
        raise invalid(answer="An info report is answered: this field is required.")
    intake.status = IntakeStatus.ANSWERED
    facts = {}
    if verdict.answer.strip() == NO_ANSWER:
        sage = holder_of(PersonaDuty.INTAKE_DESK, intake.tenant_id)
        intake.todo = put_todo(intake, lane_owner=sage.identity, title=verdict.title)
        facts = {"todo_id": str(intake.todo.id)}
    tell_reporter_from_desk(intake, signal_type=SignalType.ANSWER, text=verdict.answer, **facts)


def _route(intake: Intake, verdict: Verdict) -> None:
    """Enhancements and recommendations stay local and never reach Clara."""
    lane_owner = verdict.lane_owner.strip() or DEFAULT_LANE_OWNER
    intake.status = IntakeStatus.ROUTED
    intake.todo = put_todo(intake, lane_owner=lane_owner, title=verdict.title)
    tell_reporter_from_desk(
        intake,
        signal_type=SignalType.ANSWER,
        text=f"Taken as {verdict.classification}; it is on the list of {lane_owner}.",
        todo_id=str(intake.todo.id),
    )
