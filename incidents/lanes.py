"""Who owns a lane of the product: whose inbox hears of work that was put on its list."""

from uuid import UUID

from django.db.models import QuerySet

from access.models import Persona, Project
from access.selectors import active_persona, holder_of
from access.states import PersonaDuty, PersonaStatus
from incidents.models import LaneOwner

EVERY_LANE = "*"


def lane_key(name: str) -> str:
    return name.strip().lower()


def lane_owners(tenant_id: UUID) -> QuerySet[LaneOwner]:
    return LaneOwner.objects.filter(tenant_id=tenant_id).select_related("persona__project")


def owner_of(lane: str, home: Project) -> Persona:
    """The home project's persona of that name, else the owner set for the lane, else the one for
    every lane, else whoever holds the intake desk. A revoked one owns nothing. Raises
    desk_unstaffed."""
    named = active_persona(home, lane)
    if named is not None:
        return named
    rows = lane_owners(home.tenant_id).filter(
        lane__in=[lane_key(lane), EVERY_LANE], persona__status=PersonaStatus.ACTIVE
    )
    owners = {row.lane: row.persona for row in rows}
    set_for_it = owners.get(lane_key(lane)) or owners.get(EVERY_LANE)
    return set_for_it or holder_of(PersonaDuty.INTAKE_DESK, home.tenant_id)
