"""The rows of one imported document; part of an import, which has judged it already."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from access.models import Project
from incidents.deadlines.clocks import start_deadline
from incidents.documents.rules import moment
from incidents.documents.shape import FACTS, KIND_OF_ARTIFACT, LINK, RECORD, SEVERITY_OF
from incidents.link_parts import NOBODY
from incidents.models import ContainmentAction, CorrectiveAction, Incident, Postmortem
from incidents.promises import promise_next_update
from incidents.record import put_fact
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.sightings import named_in_record
from incidents.states import (
    LINKED,
    ActionState,
    Closure,
    CorrectiveKind,
    IncidentStatus,
    Origin,
    PostmortemStatus,
    Stage,
)
from incidents.timeline import note
from kernel import clock
from kernel.principals import Principal


def write_record(
    value: dict[str, Any], *, digest: str, project: Project, by: Principal, waived: bool = False
) -> Incident:
    """The incident and its containment actions. Nobody of ours reported it, so nobody is told;
    whether it may leave was decided by nobody here, so it may not."""
    status = IncidentStatus(value["status"])
    closure = Closure.WAIVER if waived else Closure.POSTMORTEM
    incident = Incident(
        tenant_id=project.tenant_id,
        incident_id=value["incident_id"],
        origin=Origin.IMPORT,
        project=project,
        title=value["title"],
        status=status,
        severity=SEVERITY_OF.get(value["severity"], ""),
        eligible=False if status in (IncidentStatus.TRIAGED, *LINKED) else None,
        closure=closure if status == IncidentStatus.CLOSED else "",
        detected_at=moment(value["detected_at"]),
    )
    for name in FACTS:
        put_fact(incident, name, value[name])
    incident.save(force_insert=True)
    for action in value["containment_actions"]:
        ContainmentAction.objects.create(
            tenant_id=project.tenant_id,
            incident=incident,
            action=action,
            detail="imported",
            actor=f"import:{by.label}"[:200],
        )
    note(incident, "imported", by=by, document=RECORD, sha256=digest, status=status.value)
    if status in (IncidentStatus.REPORTED, IncidentStatus.TRIAGING):
        start_deadline(incident, Stage.TRIAGE)
    promise_next_update(incident)
    notice_retired_paths(incident, at=incident.detected_at, texts=named_in_record(incident))
    return incident


def write_link(value: dict[str, Any], *, digest: str, project: Project, by: Principal) -> None:
    """The postmortem's row and its corrective actions; its text is kept where it came from."""
    incident = Incident.objects.select_for_update(of=("self",), no_key=True).get(
        tenant_id=project.tenant_id, incident_id=value["incident_id"]
    )
    now = clock.now()
    done = value["status"] == PostmortemStatus.CLOSED
    postmortem = Postmortem.objects.create(
        tenant_id=project.tenant_id,
        postmortem_id=value["postmortem_id"],
        incident=incident,
        project=Project.objects.get(tenant_id=project.tenant_id, is_home=True),
        summary="",
        status=value["status"],
        owners=value["owners"],
    )
    for action in value["corrective_actions"]:
        ((key, ref),) = action.items()
        kind = KIND_OF_ARTIFACT[key]
        CorrectiveAction.objects.create(
            tenant_id=project.tenant_id,
            postmortem=postmortem,
            kind=kind,
            ref=ref,
            owner=(value["owners"] or [NOBODY])[0],
            due_at=now + timedelta(days=settings.CORRECTIVE_ACTION_DAYS),
            state=ActionState.DONE if done else ActionState.OPEN,
            settled_at=now if done else None,
            retired_at=now if done and kind == CorrectiveKind.RETIREMENT_PLAN else None,
            created_by=f"import:{by.label}"[:200],
        )
    note(incident, "imported", by=by, document=LINK, sha256=digest)
