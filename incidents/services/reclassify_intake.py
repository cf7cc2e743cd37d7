"""A later decision about a report: another row, never an overwrite, and its effects follow."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.desk import read_report
from incidents.errors import RECLASSIFICATION_REFUSED
from incidents.locks import lock_report
from incidents.models import Intake
from incidents.opinion import opinion_of
from incidents.own_words import refuse_secrets
from incidents.services.amend import amend
from incidents.services.bring_followers import bring_followers, take_followers_along
from incidents.services.carry_out import CHANGED, carry_out
from incidents.services.join_case import leave_case
from incidents.services.put_todo import drop_todo
from incidents.services.withdraw_case import let_go_of_case
from incidents.services.write_classification import write_classification
from incidents.states import UNCLASSIFIED, Classification, IntakeStatus
from incidents.tasks import run_desk
from incidents.verdict import Verdict
from kernel import clock
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal
from kernel.tasks import nudge_on_commit


@transaction.atomic
def reclassify_intake(
    *, intake_id: UUID, verdict: Verdict, by: Principal, tenant_id: UUID
) -> Intake:
    """The intake under its new classification; the same one again adds a row with the new
    rationale, and what it says otherwise of the answer or the todo is carried out.

    Raises not_found, intake_reclassification_refused (nobody classified it yet, it was taken back,
    or its case is not let go), invalid_request (info without an answer), and what keeps a packet
    from being taken back.
    """
    policy.require(by, "incidents.intake.classify")
    refuse_secrets(rationale=verdict.rationale)
    intake = lock_report(intake_id, tenant_id)
    if intake.status in UNCLASSIFIED:
        raise CareError(RECLASSIFICATION_REFUSED, message=_NOT_YET[IntakeStatus(intake.status)])
    before = intake.classification
    if verdict.classification != before:
        take_followers_along(intake)
        _undo(intake, by)
        carry_out(intake, verdict, by)
        nudge_on_commit(run_desk, str(intake.id))
    else:
        amend(intake, verdict)
    opinion = opinion_of(read_report(intake.signal.payload))
    write_classification(
        intake,
        classification=verdict.classification,
        rationale=verdict.rationale,
        rule=verdict.rule,
        opinion=opinion,
        by=by,
    )
    intake.classified_at = intake.classified_at or clock.now()
    intake.save(update_fields=[*CHANGED, "classification", "rationale", "classified_at"])
    if intake.classification != before:
        bring_followers(intake, opinion=opinion, by=by)
    record(
        "incidents.intake.reclassified",
        by=by,
        subject=intake,
        before=before,
        classification=verdict.classification,
        joined=intake.joined.incident_id if intake.joined else None,
    )
    return intake


_NOT_YET = {
    IntakeStatus.RECEIVED: "Nobody has classified this report yet: classify it.",
    IntakeStatus.HELD: "This report is held in a storm and not classified yet.",
    IntakeStatus.WITHDRAWN: "Its reporter took this report back.",
}


def _undo(intake: Intake, by: Principal) -> None:
    """What the last classification had brought about and the next one does away with."""
    if intake.classification == Classification.INCIDENT:
        leave_case(intake, not_the_same=False, by=by)
        let_go_of_case(intake, why="reclassified", by=by)
    if intake.todo is not None:
        drop_todo(intake)
