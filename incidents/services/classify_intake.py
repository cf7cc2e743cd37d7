"""Sage's decision about a report (seed 000 §2)."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access import policy
from bridge.states import SignalType
from incidents.deadlines.clocks import meet_deadline
from incidents.desk import Suggestion, read_report
from incidents.errors import INTAKE_ALREADY_CLASSIFIED
from incidents.locks import lock_intake
from incidents.models import Intake
from incidents.opinion import opinion_of
from incidents.services.open_incident import open_incident
from incidents.services.put_todo import put_todo
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.services.write_classification import write_classification
from incidents.states import Classification, IntakeStatus, Stage
from kernel import clock
from kernel.errors import CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

DEFAULT_LANE_OWNER = "product"


@dataclass(frozen=True)
class Verdict:
    """What the desk decided. `answer` is required for info; `title` names an incident or todo."""

    classification: str
    rationale: str
    answer: str = ""
    lane_owner: str = ""
    title: str = ""
    rule: str = ""


@transaction.atomic
def classify_intake(
    *,
    intake_id: UUID,
    verdict: Verdict,
    by: Principal,
    tenant_id: UUID | None = None,
    opinion: Suggestion | None = None,
) -> Intake:
    """The intake, answered, handed off or routed. `opinion` is the desk's, where it is known.

    Raises not_found, intake_already_classified, invalid_request (info without an answer).
    """
    policy.require(by, "incidents.intake.classify")
    intake = lock_intake(intake_id, tenant_id)
    if intake.status != IntakeStatus.RECEIVED:
        raise CareError(INTAKE_ALREADY_CLASSIFIED)
    match verdict.classification:
        case Classification.INFO:
            _answer(intake, verdict)
        case Classification.INCIDENT:
            intake.status = IntakeStatus.HANDED_OFF
            open_incident(intake, title=verdict.title, by=by)
        case _:
            _route(intake, verdict, by)
    write_classification(
        intake,
        classification=verdict.classification,
        rationale=verdict.rationale,
        rule=verdict.rule,
        opinion=opinion or opinion_of(read_report(intake.signal.payload)),
        by=by,
    )
    intake.classified_at = clock.now()
    intake.next_update_due_at = None
    intake.save(
        update_fields=[
            "status",
            "classification",
            "rationale",
            "classified_at",
            "todo",
            "next_update_due_at",
        ]
    )
    meet_deadline(intake, Stage.CLASSIFY)
    record(
        "incidents.intake.classified",
        by=by,
        subject=intake,
        classification=verdict.classification,
        rule=verdict.rule,
    )
    return intake


def _answer(intake: Intake, verdict: Verdict) -> None:
    if not verdict.answer.strip():
        raise invalid(answer="An info report is answered: this field is required.")
    intake.status = IntakeStatus.ANSWERED
    tell_reporter_from_desk(intake, signal_type=SignalType.ANSWER, text=verdict.answer)


def _route(intake: Intake, verdict: Verdict, by: Principal) -> None:
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
