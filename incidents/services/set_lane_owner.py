"""Say which persona hears of a lane's work, or that none of its own does any more."""

from uuid import UUID

from django.db import transaction

from access import policy
from access.models import Project
from access.selectors import active_persona
from access.states import PersonaDuty
from incidents.lanes import lane_key
from incidents.models import LaneOwner
from kernel import clock
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_LANE = 80


@transaction.atomic
def set_lane_owner(*, lane: str, identity: str, tenant_id: UUID, by: Principal) -> LaneOwner:
    """The row; `*` is every lane without one. Raises invalid_request: no name of a lane, no active
    persona of the home project, Clara, who takes incidents only."""
    policy.require(by, "incidents.lanes.change")
    lane = lane_key(lane)
    if not 1 <= len(lane) <= MAX_LANE or not lane.isprintable():
        raise invalid(lane=f"1 to {MAX_LANE} characters, as docs or dashboard; * for every lane.")
    home = Project.objects.filter(tenant_id=tenant_id, is_home=True).first()
    persona = active_persona(home, identity) if home is not None else None
    if persona is None:
        raise invalid(persona="No active persona of the home project has that name.")
    if persona.duty == PersonaDuty.INCIDENT_MANAGER:
        raise invalid(persona="The incident manager takes incidents only.")
    row, _ = LaneOwner.objects.update_or_create(
        tenant_id=tenant_id,
        lane=lane,
        defaults={
            "persona": persona,
            "changed_by": by.label[:200],
            "changed_at": clock.now(),
        },
    )
    record("incidents.lane.set", by=by, subject=row, lane=lane, persona=str(persona.pk))
    return row


@transaction.atomic
def remove_lane_owner(*, lane: str, tenant_id: UUID, by: Principal) -> None:
    """Its work goes to the owner of every lane, else to Sage. Raises not_found."""
    policy.require(by, "incidents.lanes.change")
    lane = lane_key(lane)
    row = (
        LaneOwner.objects.select_for_update(of=("self",), no_key=True)
        .filter(tenant_id=tenant_id, lane=lane)
        .first()
    )
    if row is None:
        raise CareError(NOT_FOUND, message="No owner is set for that lane.")
    record("incidents.lane.removed", by=by, subject=row, lane=lane, persona=str(row.persona_id))
    row.delete()
