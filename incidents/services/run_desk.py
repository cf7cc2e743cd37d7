"""The built-in desk: does Sage's and Clara's part where no agent does (architecture.md §2)."""

from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import Tenant
from access.selectors import staffed_tenants
from access.states import PersonaDuty
from incidents.desk import Assessment, Report, assess, read_report
from incidents.eligibility import derive
from incidents.errors import INTAKE_ALREADY_CLASSIFIED, TRIAGE_OUT_OF_ORDER, TRIAGE_TEXT_CHANGED
from incidents.locks import lock_intake
from incidents.models import Incident, Intake, TriageTier
from incidents.opinion import opinion_of
from incidents.selectors import desk_has_triage
from incidents.services.classify_intake import classify_intake
from incidents.services.complete_tier import complete_tier, tier_rows
from incidents.states import DeskMode, IncidentStatus, IntakeStatus, TierState
from incidents.tiers import CLASSIFICATION_TIER, FIRST_TIER, LAST_TIER, PRIVACY_TIER, is_blank
from incidents.verdict import Verdict
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

log = structlog.get_logger(__name__)

BATCH = 100
# Somebody else was first, or the text changed meanwhile: the next pass sees what is left to do.
_RACES = {INTAKE_ALREADY_CLASSIFIED.code, TRIAGE_OUT_OF_ORDER.code, TRIAGE_TEXT_CHANGED.code}


def desk_mode(tenant_id: UUID) -> str:
    """The tenant's own mode, else DESK_MODE."""
    own = Tenant.objects.values_list("desk_mode", flat=True).get(pk=tenant_id)
    return str(own or settings.DESK_MODE)


def run_desk(intake_id: UUID) -> bool:
    """Do what the desk mode allows for one report; whether anything changed. Safe to repeat, and
    to run twice at once: whoever comes second finds the step done."""
    intake = Intake.objects.select_related("signal").filter(pk=intake_id).first()
    if intake is None or _follows(intake):
        return False
    mode = desk_mode(intake.tenant_id)
    try:
        if mode == DeskMode.ASSIST:
            return _suggest(intake)
        if mode == DeskMode.AUTO:
            return _act(intake)
    except CareError as error:
        if error.code not in _RACES:
            raise
    return False


def run_waiting_desks() -> int:
    """The sweep's part: reports and incidents whose nudge was lost; how many moved."""
    ids = [
        *_unclassified().order_by("id").values_list("id", flat=True)[:BATCH],
        *_untriaged().order_by("id").values_list("id", flat=True)[:BATCH],
    ]
    moved = 0
    for intake_id in ids:
        try:
            moved += run_desk(intake_id)
        except Exception:
            log.exception("desk.failed", intake_id=str(intake_id))
    return moved


def _unclassified() -> QuerySet[Intake]:
    """Reports about which the desk may say something that it has not said. What waits for agents
    is left out: a hundred of those would stand before everything else."""
    acts, suggests = _tenants_to_act_in(), _tenants_in(DeskMode.ASSIST)
    return Intake.objects.filter(
        Q(tenant_id__in=acts) | Q(tenant_id__in=suggests, suggested__isnull=True),
        status=IntakeStatus.RECEIVED,
        same_as__isnull=True,
    )


def _untriaged() -> QuerySet[Intake]:
    """Reports whose cases the desk has: an agent that began one keeps it."""
    by_an_agent = TriageTier.objects.filter(incident=OuterRef("incident")).exclude(
        completed_by__startswith="system:"
    )
    return Intake.objects.filter(
        ~Exists(by_an_agent),
        tenant_id__in=_tenants_to_act_in(),
        incident__status__in=[IncidentStatus.REPORTED, IncidentStatus.TRIAGING],
    )


def _tenants_to_act_in() -> list[UUID]:
    """Where a duty is held by nobody, everything would fail in each pass and hold up the rest."""
    staffed = staffed_tenants(PersonaDuty.INTAKE_DESK, PersonaDuty.INCIDENT_MANAGER)
    return [tenant_id for tenant_id in _tenants_in(DeskMode.AUTO) if tenant_id in staffed]


def _tenants_in(mode: DeskMode) -> list[UUID]:
    modes = Tenant.objects.values_list("pk", "desk_mode")
    return [tenant_id for tenant_id, own in modes if (own or settings.DESK_MODE) == mode]


def _follows(intake: Intake) -> bool:
    """One of many equal reports in a storm: what is decided about the first holds for it."""
    return intake.status == IntakeStatus.RECEIVED and intake.same_as_id is not None


def _suggest(intake: Intake) -> bool:
    if intake.status != IntakeStatus.RECEIVED or intake.suggested is not None:
        return False
    suggestion = opinion_of(read_report(intake.signal.payload))
    with transaction.atomic():
        locked = lock_intake(intake.id)
        locked.suggested = {
            "classification": suggestion.classification,
            "rule": suggestion.rule,
            "rationale": suggestion.rationale,
            "answer": suggestion.answer,
            "lane_owner": suggestion.lane_owner,
        }
        locked.save(update_fields=["suggested"])
    return True


def _act(intake: Intake) -> bool:
    report = read_report(intake.signal.payload)
    moved = False
    if intake.status == IntakeStatus.RECEIVED:
        suggestion = opinion_of(report)
        by = SystemPrincipal("desk", intake.tenant_id)
        classify_intake(
            intake_id=intake.id, verdict=Verdict.of(suggestion), by=by, opinion=suggestion
        )
        moved = True
    incident = Incident.objects.filter(intake_id=intake.id).first()
    if incident is not None and desk_has_triage(incident):
        standing = read_report(incident.text) if incident.text else report
        moved = _triage(incident, standing) or moved
    return moved


def _triage(incident: Incident, report: Report) -> bool:
    if incident.status not in (IncidentStatus.REPORTED, IncidentStatus.TRIAGING):
        return False
    by = SystemPrincipal("desk", incident.tenant_id)
    assessment = assess(report)
    rows = tier_rows(incident)
    done = {tier for tier, row in rows.items() if row.state == TierState.COMPLETE}
    waiting = [tier for tier in range(FIRST_TIER, LAST_TIER + 1) if tier not in done]
    for tier in waiting:
        content = _tier_content(tier, incident, report, assessment)
        complete_tier(
            incident_id=incident.incident_id,
            tenant_id=incident.tenant_id,
            tier=tier,
            content=content,
            by=by,
        )
    return bool(waiting)


def _tier_content(
    tier: int, incident: Incident, report: Report, assessment: Assessment
) -> dict[str, Any]:
    match tier:
        case 1:
            return {
                "env": report.environment,
                "install_type": report.install_type,
                "project_metadata": {"pid": incident.project.pid, "name": incident.project.name},
                "agent_roster": [incident.reporter.identity] if incident.reporter else [],
            }
        case 2:
            return _conditional_reads(report)
        case 3:
            return {"text": incident.case_text}
        case 4:
            return {
                "severity": assessment.severity,
                "scope": assessment.scope,
                "kind": assessment.kind,
                "note": assessment.note,
            }
    return _output_discipline(incident, assessment)


def _conditional_reads(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {
        "stack_trace": report.stack_trace,
        "journal_refs": list(report.journal_refs),
        "git_rev": report.git_rev,
    }
    given = {
        name: value
        for name, value in found.items()
        if value and not (isinstance(value, str) and is_blank(value))
    }
    skipped = {name: "The report holds none." for name in found if name not in given}
    return {**given, "skipped": skipped}


def _output_discipline(incident: Incident, assessment: Assessment) -> dict[str, Any]:
    rows = tier_rows(incident)
    derived = derive(
        privacy=rows[PRIVACY_TIER].content, classification=rows[CLASSIFICATION_TIER].content
    )
    return {
        "postmortem_summary": f"{assessment.severity} {assessment.scope} {assessment.kind}, "
        f"triaged by the built-in desk. {assessment.note}",
        "eligible": derived.eligible,
        "reasons": list(derived.reasons),
    }
