"""A path that was taken out of use shows up again: its incident was not over (seed 002 §10)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction

from access.models import Project
from access.selectors import active_persona, holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.models import CorrectiveAction, Incident
from incidents.services.reopen_incident import reopen_incident
from incidents.services.settle_postmortem import settle_postmortem
from incidents.sightings import plans_shown, retired_path
from incidents.states import ActionState, IncidentStatus
from incidents.timeline import note
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

_OVER = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)


def notice_retired_paths(
    incident: Incident, *, at: datetime, texts: Iterable[str], own: bool = False
) -> list[Incident]:
    """The incidents that are open again because `texts` show a path which they retired; in the
    caller's transaction, which holds the locks of `sightings`.

    Only what was seen (`at`) after the plan was done counts: what is said later about an old run
    brings nothing back. A case may name what it retired itself; with `own` that counts as well,
    because somebody reports it anew.
    """
    reopened = []
    shown = plans_shown(incident.tenant_id, texts, before=at)
    for key, group in groupby(shown, key=lambda plan: plan.postmortem.incident_id):
        if key != incident.pk or own:
            old = _bring_back(key, list(group), seen_in=incident, at=at)
            reopened += [old] if old is not None else []
    return reopened


def _bring_back(
    key: UUID, shown: list[CorrectiveAction], *, seen_in: Incident, at: datetime
) -> Incident | None:
    """The case, when this reopened it. Whatever its state, a plan whose path is alive is open
    again, and Clara hears of it; a case that cannot be reopened just now is tried at the next
    sighting."""
    old = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    over = old.status in _OVER
    plans = _alive([plan.pk for plan in shown], over=over, at=at)
    if not plans:
        return None
    paths = [retired_path(plan) for plan in plans]
    by = SystemPrincipal("desk", old.tenant_id)
    reason = f"{', '.join(paths)} was retired and is seen again in {seen_in.incident_id}."
    for plan in plans:
        plan.state, plan.settled_at, plan.note = ActionState.OPEN, None, reason[:1000]
        plan.save(update_fields=["state", "settled_at", "note"])
    settle_postmortem(plans[0].postmortem)
    note(old, "retired_path_seen", by=by, paths=paths, seen_in=seen_in.incident_id)
    if old.pk != seen_in.pk:
        note(seen_in, "retired_path_seen", by=by, paths=paths, retired_by=old.incident_id)
    reopened, refusal = over, ""
    try:
        if over:
            with transaction.atomic():
                reopen_incident(old, reason=reason, by=by, seen_in=seen_in.incident_id)
    except CareError as error:
        reopened, refusal = False, error.code
    _tell(old, plans, paths, seen_in=seen_in, reopened=reopened, refusal=refusal)
    return old if reopened else None


def _alive(keys: list[UUID], *, over: bool, at: datetime) -> list[CorrectiveAction]:
    """Of the plans, read anew under the lock of their case: those called done, and of a case that
    is over those that are open as well. An open plan of an open case is being worked on."""
    states = [ActionState.DONE, ActionState.OPEN] if over else [ActionState.DONE]
    plans = CorrectiveAction.objects.filter(pk__in=keys, state__in=states, retired_at__lt=at)
    return list(plans.select_related("postmortem__incident").order_by("id"))


def _tell(
    old: Incident,
    plans: list[CorrectiveAction],
    paths: list[str],
    *,
    seen_in: Incident,
    reopened: bool,
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
                "reopened": reopened,
                **({"code": refusal} if refusal else {}),
            },
        )
