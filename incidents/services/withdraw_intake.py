"""A reporter takes its report back."""

from uuid import UUID

from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.deadlines.clocks import cancel_all
from incidents.errors import WITHDRAWAL_REFUSED
from incidents.locks import lock_report
from incidents.models import Intake
from incidents.own_words import refuse_secrets
from incidents.selectors import require_own_intake
from incidents.services.bring_followers import let_another_lead
from incidents.services.join_case import leave_case
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.services.withdraw_case import let_go_of_case
from incidents.states import IntakeStatus
from incidents.tasks import run_desk
from kernel.errors import CareError
from kernel.ledger import record
from kernel.tasks import nudge_on_commit

_SETTLED = {
    IntakeStatus.ANSWERED: "It was answered.",
    IntakeStatus.ROUTED: "It is on the list of its lane's owner.",
    IntakeStatus.WITHDRAWN: "It was taken back before.",
}


@transaction.atomic
def withdraw_intake(*, intake_id: UUID, by: AgentPrincipal, reason: str = "") -> Intake:
    """The intake, withdrawn, and its incident with it, unless others reported the same: then the
    case is theirs.

    Raises not_found, forbidden, intake_withdrawal_refused (answered, routed, withdrawn before, or
    its case is not let go), and what keeps a packet from being taken back.
    """
    policy.require(by, "incidents.intake.answer_back")
    require_own_intake(by, intake_id)
    refuse_secrets(reason=reason)
    intake = lock_report(intake_id, by.tenant_id)
    if intake.status in _SETTLED:
        settled = _SETTLED[IntakeStatus(intake.status)]
        raise CareError(WITHDRAWAL_REFUSED, message=f"{WITHDRAWAL_REFUSED.message} {settled}")
    before = intake.status
    leave_case(intake, not_the_same=False, by=by)
    case = let_go_of_case(intake, why="by_reporter", by=by, refusal=WITHDRAWAL_REFUSED)
    intake.status, intake.next_update_due_at = IntakeStatus.WITHDRAWN, None
    intake.save(update_fields=["status", "joined", "next_update_due_at"])
    cancel_all(intake)
    if before == IntakeStatus.RECEIVED:
        heir = let_another_lead(intake)
        if heir is not None:
            nudge_on_commit(run_desk, str(heir.pk))
    record("incidents.intake.withdrawn", by=by, subject=intake, before=before)
    tell_reporter_from_desk(
        intake, signal_type=SignalType.STATUS, text="Your report is withdrawn.", withdrawn=True
    )
    tell_desk(
        PersonaDuty.INTAKE_DESK,
        intake.tenant_id,
        category="withdrawn",
        text="A report was taken back by its reporter.",
        intake_id=str(intake.id),
        incident_id=case.incident_id if case else None,
        **({"reason": reason} if reason else {}),
    )
    return intake
