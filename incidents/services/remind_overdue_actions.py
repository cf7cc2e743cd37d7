"""Remind Clara of corrective actions that are late, once for each due date."""

from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.locks import lock_incident
from incidents.models import CorrectiveAction
from incidents.states import ActionState
from incidents.timeline import note
from kernel import clock
from kernel.clock import isoformat
from kernel.principals import SystemPrincipal

log = structlog.get_logger(__name__)

BATCH = 100


def remind_overdue_actions() -> int:
    """The sweep's part: how many were reminded of."""
    reminded = 0
    for pk in list(_due().order_by("due_at").values_list("pk", flat=True)[:BATCH]):
        try:
            reminded += _remind(pk)
        except Exception:
            log.exception("corrective_action.not_reminded", action_id=str(pk))
    return reminded


def _due() -> QuerySet[CorrectiveAction]:
    return CorrectiveAction.objects.filter(
        state=ActionState.OPEN, reminded_at__isnull=True, due_at__lte=clock.now()
    )


@transaction.atomic
def _remind(pk: UUID) -> bool:
    """Whether this call did it: the row is the claim, whoever else looks at it now."""
    action = CorrectiveAction.objects.select_related("postmortem__incident").get(pk=pk)
    found = action.postmortem.incident
    incident = lock_incident(found.incident_id, found.tenant_id)
    if not _due().filter(pk=pk).update(reminded_at=clock.now()):
        return False
    by = SystemPrincipal("desk", incident.tenant_id)
    facts: dict[str, Any] = {
        "action_id": str(pk),
        "ref": action.ref,
        "due_at": isoformat(action.due_at),
    }
    note(incident, "corrective_action_overdue", by=by, **facts)
    clara = holder_of(PersonaDuty.INCIDENT_MANAGER, incident.tenant_id)
    send_signal(
        sender=holder_of(PersonaDuty.INTAKE_DESK, incident.tenant_id),
        by=by,
        to_identity=clara.identity,
        signal_type=SignalType.TASK,
        category="incident",
        payload={
            "event": "corrective_action_overdue",
            "incident_id": incident.incident_id,
            "kind": action.kind,
            "owner": action.owner,
            **facts,
        },
    )
    return True
