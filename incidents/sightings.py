"""Which retired paths a text shows, and the locks of the cases that had retired them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from incidents.desk import read_report
from incidents.desk.report import Payload
from incidents.locks import lock_incident
from incidents.models import CorrectiveAction, Incident
from incidents.retired import path_of, seen_paths, too_vague
from incidents.states import ActionState, CorrectiveKind
from incidents.tiers import PRIVACY_TIER

_TRACE_TIER = 2


def retired_path(plan: CorrectiveAction) -> str:
    """The path that a retirement plan takes out of use."""
    return plan.retires or path_of(plan.ref)


def plans_shown(
    tenant_id: UUID, texts: Iterable[str], *, before: datetime | None = None
) -> list[CorrectiveAction]:
    """The retirement plans that were ever done, last `before` that moment, and whose path stands
    in `texts`; in the order of their cases. One query, and linear in the texts."""
    plans = CorrectiveAction.objects.filter(
        tenant_id=tenant_id, kind=CorrectiveKind.RETIREMENT_PLAN, retired_at__isnull=False
    ).exclude(state=ActionState.DROPPED)
    if before is not None:
        plans = plans.filter(retired_at__lt=before)
    plans = plans.select_related("postmortem").order_by("postmortem__incident_id", "id")
    paths = {plan: path for plan in plans if not too_vague(path := retired_path(plan))}
    seen = seen_paths(set(paths.values()), texts) if paths else set()
    return [plan for plan, path in paths.items() if path in seen]


def lock_incident_showing(incident_id: str, tenant_id: UUID, texts: Iterable[str]) -> Incident:
    """`lock_incident`, together with the cases whose retired paths `texts` show: all in the order
    of their keys, so that two cases that show each other's path never wait in a circle."""
    lock_retirers(tenant_id, texts, Q(incident_id=incident_id))
    return lock_incident(incident_id, tenant_id)


def lock_retirers(tenant_id: UUID, texts: Iterable[str], also: Q | None = None) -> None:
    """Lock the cases whose retired paths `texts` show, and `also` these, before anything else of
    them is locked. Without such a path nothing is locked."""
    shown = {plan.postmortem.incident_id for plan in plans_shown(tenant_id, texts)}
    if shown:
        wanted = Q(pk__in=shown) | (also or Q(pk__in=shown))
        locked = Incident.objects.select_for_update(of=("self",), no_key=True).filter(wanted)
        list(locked.filter(tenant_id=tenant_id).order_by("pk").values_list("pk", flat=True))


def named_in_record(incident: Incident) -> list[str]:
    """What a record names of the paths that were used: its principal and its surfaces."""
    return [
        incident.tool_principal,
        *(one for one in incident.affected_surfaces if isinstance(one, str)),
    ]


def said_in(payload: Payload) -> list[str]:
    """What a signal says, read like a report."""
    report = read_report(payload)
    return [report.title, report.text]


def said_in_tier(tier: int, content: Mapping[str, Any]) -> list[str]:
    """What a tier brings to light about the run: the stack trace, or the text of the case."""
    name = {_TRACE_TIER: "stack_trace", PRIVACY_TIER: "text"}.get(tier)
    said = content.get(name) if name else None
    return [said] if isinstance(said, str) else []
