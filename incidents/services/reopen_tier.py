"""Open a completed tier again, and with it all above it."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.errors import TRIAGE_OUT_OF_ORDER
from incidents.locks import lock_incident
from incidents.models import Incident
from incidents.own_words import refuse_secrets
from incidents.reopening import Cause, reopen_from
from incidents.states import IncidentStatus, TierState
from kernel.errors import CareError, invalid
from kernel.principals import Principal

MAY_REOPEN = (IncidentStatus.TRIAGING, IncidentStatus.TRIAGED)


@transaction.atomic
def reopen_tier(
    *, incident_id: str, tenant_id: UUID, tier: int, reason: str, by: Principal
) -> Incident:
    """The incident, its tier open; a triaged one is `triaging` again.

    Raises not_found, invalid_request (no reason), triage_tier_out_of_order (the tier is not
    complete, or the case is past its triage), and what lets those upstairs not let go of it.
    """
    policy.require(by, "incidents.triage.reopen")
    incident = lock_incident(incident_id, tenant_id)
    if not reason.strip():
        raise invalid(reason="Say why.")
    refuse_secrets(reason=reason)
    if incident.status not in MAY_REOPEN:
        message = f"This case is {incident.get_status_display()}; its triage is not open."
        raise CareError(TRIAGE_OUT_OF_ORDER, message=message)
    if not incident.tiers.filter(tier=tier, state=TierState.COMPLETE).exists():
        raise CareError(TRIAGE_OUT_OF_ORDER, message=f"Tier {tier} is not complete.")
    reopen_from(incident, tier, cause=Cause.REQUESTED, by=by, reason=reason.strip())
    return incident
