"""The reporter says that its report is not the case it was joined to."""

from uuid import UUID

from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from access.states import PersonaDuty
from incidents.errors import INTAKE_NOT_JOINED
from incidents.locks import lock_report
from incidents.models import Intake
from incidents.own_words import refuse_secrets
from incidents.selectors import require_own_intake
from incidents.services.join_case import leave_case
from incidents.services.take_as_incident import open_own_case
from incidents.services.tell_desk import tell_desk
from incidents.tasks import run_desk
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal
from kernel.tasks import nudge_on_commit


@transaction.atomic
def say_not_the_same(*, intake_id: UUID, by: AgentPrincipal, reason: str = "") -> Intake:
    """The intake with a case of its own. Raises not_found, forbidden, intake_not_joined."""
    policy.require(by, "incidents.intake.answer_back")
    require_own_intake(by, intake_id)
    refuse_secrets(reason=reason)
    return part_from_case(lock_report(intake_id, by.tenant_id), reason=reason, by=by)


def part_from_case(intake: Intake, *, reason: str, by: Principal) -> Intake:
    """Leave the case, never join it again, and open another; in the caller's transaction, which
    holds the locks of `locks.lock_report`. Raises intake_not_joined."""
    case = intake.joined
    if case is None:
        raise CareError(INTAKE_NOT_JOINED)
    leave_case(intake, not_the_same=True, by=by)
    intake.distinct_from = case
    own = open_own_case(intake, title="", by=by)
    intake.save(update_fields=["status", "joined", "distinct_from"])
    record(
        "incidents.intake.parted",
        by=by,
        subject=intake,
        distinct_from=case.incident_id,
        incident_id=own.incident_id,
    )
    tell_desk(
        PersonaDuty.INCIDENT_MANAGER,
        intake.tenant_id,
        category="not_the_same",
        text=f"A report that had joined {case.incident_id} is not the same, says its reporter; it "
        f"is {own.incident_id} now.",
        incident_id=own.incident_id,
        distinct_from=case.incident_id,
        intake_id=str(intake.id),
        **({"reason": reason} if reason else {}),
    )
    nudge_on_commit(run_desk, str(intake.id))
    return intake
