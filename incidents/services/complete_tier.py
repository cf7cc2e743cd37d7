"""Complete one of the five triage tiers (SPEC-114)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

import redaction
from access import policy
from access.selectors import known_names
from incidents.citations import cite, text_digest
from incidents.deadlines.clocks import meet_deadline, replan
from incidents.eligibility import Eligibility, derive
from incidents.errors import TRIAGE_CONTRADICTION, TRIAGE_OUT_OF_ORDER, TRIAGE_TEXT_CHANGED
from incidents.hooks import tell_triaged
from incidents.models import Incident, TriageTier
from incidents.own_words import refuse_secrets_in_tier
from incidents.reopening import Cause, reopen_from
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.services.open_postmortem import open_postmortem
from incidents.services.revise_text import set_case_text
from incidents.services.tell_reporter import tell_reporter
from incidents.sightings import lock_incident_showing, said_in_tier
from incidents.states import IncidentStatus, Stage, TierState, WithWhom
from incidents.tiers import (
    CLASSIFICATION_TIER,
    FIELDS,
    LAST_TIER,
    PRIVACY_TIER,
    fields_said,
    merged,
    missing,
)
from incidents.timeline import note, note_scan
from kernel import clock
from kernel.clock import isoformat
from kernel.errors import CareError, invalid
from kernel.principals import Principal

_OPEN = (IncidentStatus.REPORTED, IncidentStatus.TRIAGING)


def complete_tier(
    *, incident_id: str, tenant_id: UUID, tier: int, content: dict[str, Any], by: Principal
) -> TriageTier:
    """The tier as stored; what `content` leaves out is taken from its draft.

    A completed tier may be corrected while the triage is open: the tiers above it are open again.
    Said again with the same outcome, it stays as it was.
    Raises not_found, invalid_request (a field is lacking), triage_tier_out_of_order,
    triage_eligibility_contradiction, triage_text_changed.
    """
    policy.require(by, "incidents.incident.triage")
    refuse_secrets_in_tier(content)
    row = _complete(incident_id, tenant_id, tier, content, by)
    if row is None:  # outside of its transaction, so that tier 3 stays open
        raise CareError(TRIAGE_TEXT_CHANGED)
    return row


@transaction.atomic
def _complete(
    incident_id: str, tenant_id: UUID, tier: int, content: dict[str, Any], by: Principal
) -> TriageTier | None:
    """None when the text is not the one that was scanned: tier 3 is opened again instead."""
    shown = said_in_tier(tier, content)
    incident = lock_incident_showing(incident_id, tenant_id, shown)
    rows = tier_rows(incident)
    row = rows.get(tier) or TriageTier(
        incident=incident, tier=tier, state=TierState.DRAFT, content={}
    )
    given = merged(tier, draft_of(row, incident), content)
    lacking = missing(tier, given)
    if lacking:
        raise invalid(**lacking)
    check_open(incident)
    _check_order(rows, tier)
    if tier == LAST_TIER and _text_changed(incident, rows[PRIVACY_TIER]):
        reopen_from(incident, PRIVACY_TIER, cause=Cause.TEXT_CHANGED, by=by)
        return None
    stored = _stored_form(tier, given, incident, rows)
    corrected = row.state == TierState.COMPLETE
    if corrected and stored == row.content:
        return row
    now = clock.now()
    row.content, row.state, row.reopened_because = stored, TierState.COMPLETE, ""
    row.fields = signed(row.fields, fields_said(tier, content), by, now)
    row.completed_by, row.completed_at = by.label, now
    row.save()
    _take_over(incident, row, given)
    cite(row, content, complete=True, by=by, at=now)
    if incident.status == IncidentStatus.REPORTED:
        incident.begin_triage()
        incident.save(update_fields=["status"])
    if tier == PRIVACY_TIER:
        note_scan(incident, stored, by=by)
    note(incident, f"triage_tier_{tier}_completed", by=by, **_facts(row))
    notice_retired_paths(incident, at=incident.detected_at, texts=shown)
    if corrected and tier < LAST_TIER:
        reopen_from(incident, tier + 1, cause=Cause.CORRECTED, by=by)
    if tier == LAST_TIER:
        _finish(incident, stored, by)
    return row


def tier_rows(incident: Incident) -> dict[int, TriageTier]:
    """Tier → its row, for every tier that was begun."""
    return {row.tier: row for row in TriageTier.objects.filter(incident=incident)}


def check_open(incident: Incident) -> None:
    """Raises triage_tier_out_of_order for a case whose triage is over."""
    if incident.status in _OPEN:
        return
    if incident.status == IncidentStatus.TRIAGED:
        raise CareError(TRIAGE_OUT_OF_ORDER, message="Triage is complete.")
    message = f"This case is {incident.get_status_display()}; its triage is not open."
    raise CareError(TRIAGE_OUT_OF_ORDER, message=message)


def draft_of(row: TriageTier, incident: Incident) -> dict[str, Any]:
    """The fields that wait in a tier that is not complete: what was saved, or was there when it was
    opened again. Tier 3 is about the text as it stands."""
    if row.state == TierState.COMPLETE:
        return {}
    saved = {name: row.content[name] for name in FIELDS[row.tier] if name in row.content}
    if row.tier == PRIVACY_TIER and row.state == TierState.REOPENED:
        return {"text": incident.case_text, **saved}
    return saved


def signed(
    fields: dict[str, Any], names: Iterable[str], by: Principal, at: datetime
) -> dict[str, Any]:
    """Who gave each field and when; the others keep theirs."""
    return {**fields, **{name: {"by": by.label, "at": isoformat(at)} for name in names}}


def _check_order(rows: dict[int, TriageTier], tier: int) -> None:
    for below in range(1, tier):
        if below not in rows or rows[below].state != TierState.COMPLETE:
            raise CareError(TRIAGE_OUT_OF_ORDER, message=f"Tier {below} is next.")


def _text_changed(incident: Incident, privacy: TriageTier) -> bool:
    return bool(privacy.content["text_sha256"] != text_digest(incident.case_text))


def _stored_form(
    tier: int, given: dict[str, Any], incident: Incident, rows: dict[int, TriageTier]
) -> dict[str, Any]:
    if tier == PRIVACY_TIER:
        return _privacy_gate(given["text"], incident)
    if tier == LAST_TIER:
        derived = derive(
            privacy=rows[PRIVACY_TIER].content, classification=rows[CLASSIFICATION_TIER].content
        )
        if given["eligible"] != derived.eligible:
            raise CareError(
                TRIAGE_CONTRADICTION,
                message=_contradiction(derived),
                details={"eligibility": derived.explained()},
            )
        return {
            **given,
            "derived_reasons": list(derived.reasons),
            "eligibility": derived.explained(),
        }
    return given


def _take_over(incident: Incident, row: TriageTier, given: dict[str, Any]) -> None:
    """What a tier says about the case itself."""
    if row.tier == PRIVACY_TIER and given["text"] != incident.case_text:
        set_case_text(incident, given["text"])
    if row.tier == CLASSIFICATION_TIER:
        incident.severity, incident.scope = given["severity"], given["scope"]
        incident.kind = given["kind"]
        incident.save(update_fields=["severity", "scope", "kind"])
        replan(incident)


def _facts(row: TriageTier) -> dict[str, Any]:
    """What the timeline says of a tier beside its number: of the scan, what was found, by kind."""
    if row.tier != PRIVACY_TIER:
        return {}
    return {
        "text_sha256": row.content["text_sha256"],
        "rule_set_version": row.content["rule_set_version"],
        "findings": dict(Counter(one["type"] for one in row.content["findings"])),
    }


def _privacy_gate(text: str, incident: Incident) -> dict[str, Any]:
    """A real scan of the text as it stands. Stored: its digest, the findings without their
    values, the redacted text, and whether anything is left in it."""
    names = known_names(incident.tenant_id)
    findings = redaction.scan(text, names)
    redacted, report = redaction.redact_and_report(text, names, findings=findings)
    return {
        "text_sha256": text_digest(text),
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
    open_postmortem(incident, summary=content["postmortem_summary"], by=by)
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
