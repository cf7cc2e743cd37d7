"""Write down what was done to stop the damage (seed 002 §9: recorded explicitly)."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.documents.shape import ACTION_NAME, MAX_ACTIONS, conforms
from incidents.errors import INCIDENT_ENDED
from incidents.locks import lock_incident
from incidents.models import ContainmentAction
from incidents.own_words import refuse_secrets
from incidents.states import ENDED
from incidents.timeline import note
from kernel.errors import CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_DETAIL = 2000


@transaction.atomic
def record_containment(
    *, incident_id: str, tenant_id: UUID, action: str, detail: str = "", by: Principal
) -> ContainmentAction:
    """The action, with who and the server's time; a ledger row, so it stays.

    Raises invalid_request, not_found, incident_ended.
    """
    policy.require(by, "incidents.incident.contain")
    if not conforms(action, ACTION_NAME):
        raise invalid(action=ACTION_NAME["description"])
    if len(detail) > MAX_DETAIL:
        raise invalid(detail=f"At most {MAX_DETAIL} characters.")
    refuse_secrets(detail=detail)
    incident = lock_incident(incident_id, tenant_id)
    if incident.status in ENDED:
        raise CareError(
            INCIDENT_ENDED, message=f"{incident.incident_id} is {incident.get_status_display()}."
        )
    if incident.containment_actions.count() >= MAX_ACTIONS:
        raise invalid(action=f"A record holds at most {MAX_ACTIONS} containment actions.")
    row = ContainmentAction.objects.create(
        tenant_id=tenant_id,
        incident=incident,
        action=action,
        detail=detail.strip(),
        actor=by.label[:200],
    )
    note(incident, "containment_action", by=by, action=action, action_uid=str(row.uid))
    record("incidents.incident.containment_recorded", by=by, subject=incident, name=action)
    return row
