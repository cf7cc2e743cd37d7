"""A path that was taken out of use shows up again: its incident was not over (seed 002 §10)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction

from access.models import Project
from access.selectors import active_persona, holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.locks import lock_incident
from incidents.models import CorrectiveAction, Incident
from incidents.retired import path_of, seen_paths, too_vague
from incidents.services.reopen_incident import reopen_incident
from incidents.services.settle_postmortem import settle_postmortem
from incidents.states import ActionState, CorrectiveKind, IncidentStatus
from incidents.timeline import note
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

_OVER = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)


def notice_retired_paths(
    incident: Incident, *, at: datetime, texts: Iterable[str] = ()
) -> list[Incident]:
    """The incidents that are open again because `incident` shows a path which they retired; in
    the caller's transaction.

    Looked at are `texts`, the principal and the affected surfaces. Only what was seen (`at`)
    after the plan was done counts: what is said later about an old run reopens nothing. One
    query, and linear in the texts.
    """
    plans = {
        plan: plan.retires or path_of(plan.ref)
        for plan in CorrectiveAction.objects.filter(
            tenant_id=incident.tenant_id,
            kind=CorrectiveKind.RETIREMENT_PLAN,
            state=ActionState.DONE,
            settled_at__lt=at,
            postmortem__incident__status__in=_OVER,
        )
        .exclude(postmortem__incident=incident)
        .select_related("postmortem__incident")
        .order_by("postmortem__incident_id", "id")
    }
    wanted = {path for path in plans.values() if not too_vague(path)}
    if not wanted:
        return []
    surfaces = [one for one in incident.affected_surfaces if isinstance(one, str)]
    seen = seen_paths(wanted, [*texts, incident.tool_principal, *surfaces])
    alive = [plan for plan, path in plans.items() if path in seen]
    reopened = []
    for _, group in groupby(alive, key=lambda plan: plan.postmortem.incident_id):
        found = list(group)
        old = _reopen(found, [plans[plan] for plan in found], seen_in=incident)
        if old is not None:
            reopened.append(old)
    return reopened


def _reopen(
    plans: list[CorrectiveAction], paths: list[str], *, seen_in: Incident
) -> Incident | None:
    """None when somebody else has moved the case meanwhile, or it cannot be reopened just now:
    then Clara is told so."""
    old = lock_incident(plans[0].postmortem.incident.incident_id, seen_in.tenant_id)
    if old.status not in _OVER:
        return None
    by = SystemPrincipal("desk", old.tenant_id)
    reason = f"{', '.join(paths)} was retired and is seen again in {seen_in.incident_id}."
    for plan in plans:
        plan.state, plan.settled_at, plan.note = ActionState.OPEN, None, reason[:1000]
        plan.save(update_fields=["state", "settled_at", "note"])
    postmortem = plans[0].postmortem
    settle_postmortem(postmortem)
    note(old, "retired_path_seen", by=by, paths=paths, seen_in=seen_in.incident_id)
    note(seen_in, "retired_path_seen", by=by, paths=paths, retired_by=old.incident_id)
    refusal = ""
    try:
        with transaction.atomic():
            reopen_incident(old, reason=reason, by=by, seen_in=seen_in.incident_id)
    except CareError as error:
        refusal = error.code
    _tell(old, plans, paths, seen_in=seen_in, refusal=refusal)
    return None if refusal else old


def _tell(
    old: Incident,
    plans: list[CorrectiveAction],
    paths: list[str],
    *,
    seen_in: Incident,
    refusal: str,
) -> None:
    """Clara, and each owner of a plan who is a persona of the home project."""
    home = Project.objects.get(tenant_id=old.tenant_id, is_home=True)
    clara = holder_of(PersonaDuty.INCIDENT_MANAGER, old.tenant_id)
    owners = {plan.owner for plan in plans}
    personas = [active_persona(home, owner) for owner in sorted(owners)]
    told = {one.pk: one for one in [clara, *personas] if one is not None}
    for persona in told.values():
        send_signal(
            sender=holder_of(PersonaDuty.INTAKE_DESK, old.tenant_id),
            by=SystemPrincipal("desk", old.tenant_id),
            to_identity=persona.identity,
            to_pid=home.pid,
            signal_type=SignalType.TASK,
            category="incident",
            payload={
                "event": "retired_path_seen",
                "incident_id": old.incident_id,
                "seen_in": seen_in.incident_id,
                "paths": paths,
                "owners": sorted(owners),
                "reopened": not refusal,
                **({"code": refusal} if refusal else {}),
            },
        )
