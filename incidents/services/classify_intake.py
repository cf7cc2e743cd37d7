"""Sage's decision about a report (seed 000 §2)."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.deadlines.clocks import meet_deadline
from incidents.desk import Suggestion, read_report
from incidents.errors import INTAKE_ALREADY_CLASSIFIED, INTAKE_HELD
from incidents.locks import lock_report
from incidents.models import Intake
from incidents.opinion import opinion_of
from incidents.own_words import refuse_secrets
from incidents.services.bring_followers import bring_followers
from incidents.services.carry_out import CHANGED, carry_out
from incidents.services.write_classification import write_classification
from incidents.states import IntakeStatus, Stage
from incidents.verdict import Verdict
from kernel import clock
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal


@transaction.atomic
def classify_intake(
    *,
    intake_id: UUID,
    verdict: Verdict,
    by: Principal,
    tenant_id: UUID | None = None,
    opinion: Suggestion | None = None,
) -> Intake:
    """The intake: answered, handed off, joined to the open case that it repeats, or routed.

    `opinion` is the desk's, where it is known already. Raises not_found,
    intake_already_classified, intake_held, invalid_request (info without an answer).
    """
    policy.require(by, "incidents.intake.classify")
    refuse_secrets(rationale=verdict.rationale)
    intake = lock_report(intake_id, tenant_id)
    if intake.status == IntakeStatus.HELD:
        raise CareError(INTAKE_HELD)
    if intake.status != IntakeStatus.RECEIVED:
        raise CareError(INTAKE_ALREADY_CLASSIFIED)
    opinion = opinion or opinion_of(read_report(intake.signal.payload))
    carry_out(intake, verdict, by)
    write_classification(
        intake,
        classification=verdict.classification,
        rationale=verdict.rationale,
        rule=verdict.rule,
        opinion=opinion,
        by=by,
    )
    intake.classified_at = clock.now()
    intake.next_update_due_at = None
    intake.save(
        update_fields=[
            *CHANGED,
            "classification",
            "rationale",
            "classified_at",
            "next_update_due_at",
        ]
    )
    meet_deadline(intake, Stage.CLASSIFY)
    bring_followers(intake, opinion=opinion, by=by)
    record(
        "incidents.intake.classified",
        by=by,
        subject=intake,
        classification=verdict.classification,
        rule=verdict.rule,
        joined=intake.joined.incident_id if intake.joined else None,
    )
    return intake
