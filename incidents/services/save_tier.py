"""Save some fields of a tier (SPEC-114)."""

from typing import Any
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.citations import cite
from incidents.errors import TRIAGE_OUT_OF_ORDER
from incidents.models import TriageTier
from incidents.own_words import refuse_secrets_in_tier
from incidents.services.complete_tier import check_open, draft_of, signed, tier_rows
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.sightings import lock_incident_showing, said_in_tier
from incidents.states import TierState
from incidents.tiers import fields_said, merged
from incidents.timeline import note
from kernel import clock
from kernel.errors import CareError, invalid
from kernel.principals import Principal


@transaction.atomic
def save_tier(
    *, incident_id: str, tenant_id: UUID, tier: int, content: dict[str, Any], by: Principal
) -> TriageTier:
    """The tier with these fields laid over its draft; it stays open. Drafts may be saved in any
    order, completing is in order.

    Raises not_found, invalid_request (no field), triage_tier_out_of_order (complete already).
    """
    policy.require(by, "incidents.incident.triage")
    refuse_secrets_in_tier(content)
    shown = said_in_tier(tier, content)
    incident = lock_incident_showing(incident_id, tenant_id, shown)
    if not content:
        raise invalid("Give at least one field of the tier.")
    check_open(incident)
    row = tier_rows(incident).get(tier) or TriageTier(
        incident=incident, tier=tier, state=TierState.DRAFT, content={}
    )
    if row.state == TierState.COMPLETE:
        message = f"Tier {tier} is complete: PUT corrects it, and opens the tiers above it again."
        raise CareError(TRIAGE_OUT_OF_ORDER, message=message)
    now = clock.now()
    said = fields_said(tier, content)
    row.content = merged(tier, draft_of(row, incident), content)
    row.fields = signed(row.fields, said, by, now)
    row.save()
    cite(row, content, complete=False, by=by, at=now)
    note(incident, f"triage_tier_{tier}_saved", by=by, fields=sorted(said))
    notice_retired_paths(incident, at=incident.detected_at, texts=shown)
    return row
