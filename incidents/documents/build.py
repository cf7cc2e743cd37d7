"""The two documents of an incident, from its rows. No raw text of a case stands in them."""

from typing import Any

import redaction
from incidents.documents.shape import (
    ARTIFACT_KEYS,
    FACTS,
    INCIDENT_RECORD,
    LINK,
    MAX_TITLE,
    RECORD,
    SEV,
)
from incidents.link_parts import owners_of
from incidents.models import Incident, Postmortem
from incidents.record import fact_of
from incidents.states import ActionState, Origin
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError


def incident_record(incident: Incident) -> dict[str, Any]:
    """`kind: incident_record` in the seed's order (seed 002 §3)."""
    values: dict[str, Any] = {
        "kind": RECORD,
        "incident_id": incident.incident_id,
        "title": _title(incident),
        "severity": SEV.get(incident.severity),
        "status": incident.status,
        "detected_at": isoformat(incident.detected_at),
        "containment_actions": [row.action for row in incident.containment_actions.all()],
        **{name: fact_of(incident, name) for name in FACTS},
    }
    return {name: values[name] for name in INCIDENT_RECORD["properties"]}


def _title(incident: Incident) -> str:
    """A reported case's title may be a line of the report, so secrets and personal data are
    redacted in it; an imported one is as its document said."""
    if incident.origin == Origin.IMPORT:
        return incident.title
    redacted, _ = redaction.redact_and_report(incident.title, [])
    return redacted[:MAX_TITLE]


def postmortem_link(incident: Incident) -> dict[str, Any]:
    """`kind: incident_postmortem_link` (seed 002 §4). An action that was dropped is not one.

    Raises not_found while the incident has no postmortem.
    """
    postmortem = Postmortem.objects.filter(incident=incident).first()
    if postmortem is None:
        raise CareError(NOT_FOUND, message=f"{incident.incident_id} has no postmortem yet.")
    actions = postmortem.corrective_actions.exclude(state=ActionState.DROPPED)
    return {
        "kind": LINK,
        "incident_id": incident.incident_id,
        "postmortem_id": postmortem.postmortem_id,
        "corrective_actions": [{ARTIFACT_KEYS[one.kind]: one.ref} for one in actions],
        "owners": owners_of(postmortem),
        "status": postmortem.status,
    }


BUILDERS = {RECORD: incident_record, LINK: postmortem_link}
