"""Complete one of the five triage tiers (SPEC-114)."""

from typing import Any
from uuid import UUID

from django.db import transaction

import redaction
from access import policy
from access.models import Project
from access.selectors import known_names
from incidents.deadlines.clocks import meet_deadline, replan
from incidents.eligibility import Eligibility, derive
from incidents.errors import TRIAGE_CONTRADICTION, TRIAGE_OUT_OF_ORDER
from incidents.hooks import tell_triaged
from incidents.locks import lock_incident
from incidents.models import Incident, Postmortem, TriageTier
from incidents.numbering import next_number
from incidents.services.tell_reporter import tell_reporter
from incidents.states import IncidentStatus, Stage, TierState, WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.errors import CareError
from kernel.principals import Principal

LAST_TIER = 5


@transaction.atomic
def complete_tier(
    *, incident_id: str, tenant_id: UUID, tier: int, content: dict[str, Any], by: Principal
) -> TriageTier:
    """The tier as stored. A completed tier may be corrected until the next one is complete.

    Raises not_found, triage_tier_out_of_order, triage_eligibility_contradiction.
    """
    policy.require(by, "incidents.incident.triage")
    incident = lock_incident(incident_id, tenant_id)
    tiers = {row.tier: row for row in incident.tiers.all()}
    done = {number: row for number, row in tiers.items() if row.state == TierState.COMPLETE}
    if len(done) not in (tier - 1, tier):
        expected = len(done) + 1
        next_open = f"Tier {expected} is next." if expected <= LAST_TIER else "Triage is complete."
        raise CareError(TRIAGE_OUT_OF_ORDER, message=next_open)
    if incident.status == IncidentStatus.TRIAGED:
        raise CareError(TRIAGE_OUT_OF_ORDER, message="Triage is complete.")
    stored = _stored_form(tier, content, incident, done)
    row = tiers.get(tier) or TriageTier(incident=incident, tier=tier)
    row.state, row.reopened_because = TierState.COMPLETE, ""
    row.content, row.completed_by, row.completed_at = stored, by.label, clock.now()
    row.save()
    if incident.status == IncidentStatus.REPORTED:
        incident.begin_triage()
        incident.save(update_fields=["status"])
    note(incident, f"triage_tier_{tier}_completed", by=by)
    if tier == LAST_TIER:
        _finish(incident, stored, by)
    return row


def _stored_form(
    tier: int, content: dict[str, Any], incident: Incident, done: dict[int, TriageTier]
) -> dict[str, Any]:
    if tier == 3:
        return _privacy_gate(content["text"], incident)
    if tier == 4:
        incident.severity, incident.scope = content["severity"], content["scope"]
        incident.kind = content["kind"]
        incident.save(update_fields=["severity", "scope", "kind"])
        replan(incident)
    if tier == LAST_TIER:
        derived = derive(privacy=done[3].content, classification=done[4].content)
        if content["eligible"] != derived.eligible:
            raise CareError(TRIAGE_CONTRADICTION, message=_contradiction(derived))
        return {**content, "derived_reasons": list(derived.reasons)}
    return content


def _privacy_gate(text: str, incident: Incident) -> dict[str, Any]:
    """A real scan of the text as it stands. Stored: its digest, the findings without their
    values, the redacted text, and whether anything is left in it."""
    names = known_names(incident.tenant_id)
    findings = redaction.scan(text, names)
    redacted, report = redaction.redact_and_report(text, names, findings=findings)
    return {
        "text_sha256": sha256_hex(text.encode("utf-8", "surrogatepass")),
        "status": report["status"],
        "rule_set_version": redaction.RULE_SET_VERSION,
        "findings": [
            {"start": one.start, "end": one.end, "type": one.type, "detector": one.detector}
            for one in findings
        ],
        "redacted_text": redacted,
        "redacted_fields": report["redacted_fields"],
    }


def _contradiction(derived: Eligibility) -> str:
    answer = "true" if derived.eligible else "false"
    return f"`eligible` must be {answer}: {' '.join(derived.reasons)}"


def _finish(incident: Incident, content: dict[str, Any], by: Principal) -> None:
    incident.eligible = content["eligible"]
    incident.finish_triage()
    incident.save(update_fields=["eligible", "status"])
    meet_deadline(incident, Stage.TRIAGE)
    if not Postmortem.objects.filter(incident=incident).exists():
        Postmortem.objects.create(
            tenant_id=incident.tenant_id,
            postmortem_id=next_number("pm", incident.tenant_id),
            incident=incident,
            project=Project.objects.get(tenant_id=incident.tenant_id, is_home=True),
            summary=content["postmortem_summary"],
        )
    if incident.eligible:
        note(incident, "triaged", by=by, eligible=True)
        tell_triaged(incident)
        return
    note(incident, "triaged", by=by, with_whom=WithWhom.REPORTER, eligible=False)
    tell_reporter(
        incident,
        outcome="stays_local",
        text=f"{incident.incident_id} is triaged as {incident.severity} {incident.scope}: it is "
        "handled here and not filed with the product team. Reply to this signal to go on with it.",
        severity=incident.severity,
        scope=incident.scope,
    )
