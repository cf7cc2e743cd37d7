"""The built-in desk's packet: composed and redacted from the case, then staged for review."""

from uuid import UUID

import structlog

from incidents.desk import assess, compose_sections, read_report
from incidents.models import Incident
from incidents.selectors import cases_to_stage, desk_has_triage
from incidents.services.run_desk import desk_mode
from incidents.states import DeskMode, Scope
from kernel.errors import CareError
from kernel.principals import SystemPrincipal
from phonehome.composing import CUSTOMER, PRODUCT
from phonehome.errors import PACKET_EXISTS
from phonehome.redacting import redact_together
from phonehome.services.stage_packet import stage_packet
from phonehome.services.write_revision import Content

log = structlog.get_logger(__name__)

BATCH = 100
TITLE_CHARACTERS = 120


def stage_desk_case(incident_pk: UUID) -> bool:
    """Stage one case the desk triaged; whether a packet was made. Safe to repeat."""
    incident = cases_to_stage().select_related("intake__signal").filter(pk=incident_pk).first()
    if incident is None or not _is_ours(incident):
        return False
    try:
        stage_packet(
            incident_id=incident.incident_id,
            tenant_id=incident.tenant_id,
            content=_compose(incident),
            by=SystemPrincipal("desk", incident.tenant_id),
        )
    except CareError as error:
        if error.code != PACKET_EXISTS.code:
            raise
        return False
    return True


def stage_waiting_cases() -> int:
    """The sweep's part: cases whose nudge was lost; how many packets were made."""
    waiting = cases_to_stage().filter(packets__isnull=True)
    made = 0
    for pk in list(waiting.values_list("pk", flat=True)[:BATCH]):
        try:
            made += stage_desk_case(pk)
        except Exception:
            log.exception("desk.not_staged", incident=str(pk))
    return made


def _is_ours(incident: Incident) -> bool:
    """Only what the desk triaged in auto mode; an agent's cases are staged by the agent."""
    return (
        desk_mode(incident.tenant_id) == DeskMode.AUTO
        and desk_has_triage(incident)
        and not incident.packets.exists()
    )


def _compose(incident: Incident) -> Content:
    report = read_report(incident.intake.signal.payload)
    assessment = assess(report)
    sections = [
        {"name": one.name, "side": one.side, "text": one.text}
        for one in compose_sections(report, assessment)
    ]
    if incident.scope == Scope.PRISM_PRODUCT:
        sections = [{**one, "side": PRODUCT} for one in sections]
    # One text for all product sections, so that a value has one pseudonym throughout.
    product = [one for one in sections if one["side"] == PRODUCT]
    title, redacted, kinds = _redact_all(incident.title, [one["text"] for one in product], incident)
    clean = [{**one, "text": text} for one, text in zip(product, redacted, strict=True)]
    customer = [one for one in sections if one["side"] == CUSTOMER]
    return Content(
        title=title[:TITLE_CHARACTERS].strip() or f"Report {incident.incident_id}",
        sections=[*clean, *customer],
        labels=assessment.components,
        local_artifact_refs=[incident.incident_id, incident.postmortem.postmortem_id],
        redaction_report={"status": "passed", "redacted_fields": kinds},
        note=redact_together("", assessment.note, incident.tenant_id)[1],
    )


def _redact_all(
    title: str, texts: list[str], incident: Incident
) -> tuple[str, list[str], list[str]]:
    separator = f"\n\n{incident.pk}\n\n"
    new_title, body, kinds = redact_together(title, separator.join(texts), incident.tenant_id)
    parts = body.split(separator)
    if len(parts) == len(texts):
        return new_title, parts, kinds
    each = [redact_together("", text, incident.tenant_id)[1] for text in texts]
    return new_title, each, kinds
