"""Make a report an incident: join the open case that it repeats, or have one of its own."""

from django.db import transaction
from django.db.models import Case, When

from incidents.models import Incident, Intake
from incidents.record import fingerprint_of
from incidents.services.join_case import join_case
from incidents.services.open_incident import open_incident
from incidents.services.reinstate_case import reinstate_case
from incidents.services.reopen_incident import reopen_incident
from incidents.states import ENDED, IncidentStatus, IntakeStatus
from incidents.timeline import note
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal, SystemPrincipal


def take_as_incident(intake: Intake, *, title: str, by: Principal) -> Incident:
    """The case. The caller holds the project's lock, so that of two equal reports one opens it and
    the other joins, and saves the intake."""
    if not intake.fingerprint:  # taken in before fingerprints were
        intake.fingerprint = fingerprint_of(intake.signal.payload)
    case = _open_case_of_the_same(intake)
    if case is None:
        return open_own_case(intake, title=title, by=by)
    refusal = _shown_again(case, intake)
    if refusal:
        own = open_own_case(intake, title=title, by=by)
        case = Incident.objects.get(pk=case.pk)  # what was tried with it is undone
        note(case, "reported_again", by=by, incident_id=own.incident_id, code=refusal)
        note(own, "repeats_resolved", by=by, incident_id=case.incident_id, code=refusal)
        return own
    join_case(intake, case, by=by)
    return case


def _shown_again(case: Incident, intake: Intake) -> str:
    """A resolved case that is reported after its resolution is not over: it is reopened, by the
    desk itself. The code of what keeps it from that; empty where nothing does."""
    if case.status != IncidentStatus.RESOLVED or case.resolved_at is None:
        return ""
    if intake.signal.created_at <= case.resolved_at:
        return ""
    by = SystemPrincipal("desk", case.tenant_id)
    reason = f"Reported again: intake {intake.pk}."
    try:
        with transaction.atomic():
            reopen_incident(case, reason=reason, by=by, intake_id=str(intake.pk))
            record(
                "incidents.incident.moved",
                by=by,
                subject=case,
                before=IncidentStatus.RESOLVED,
                to=IncidentStatus.TRIAGING,
                reason=reason,
            )
    except CareError as error:
        return error.code
    return ""


def open_own_case(intake: Intake, *, title: str, by: Principal) -> Incident:
    """A case that this report opens; the one that it had, where that was withdrawn."""
    intake.status, intake.joined = IntakeStatus.HANDED_OFF, None
    withdrawn = (
        Incident.objects.select_for_update(of=("self",), no_key=True).filter(intake=intake).first()
    )
    if withdrawn is not None:
        reinstate_case(withdrawn, by=by)
        return withdrawn
    return open_incident(intake, title=title, by=by)


def _open_case_of_the_same(intake: Intake) -> Incident | None:
    """The oldest one, locked, a resolved one last; never the one that its reporter said it is
    not."""
    if not intake.fingerprint:
        return None
    same = (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .filter(project_id=intake.reporter.project_id, fingerprint=intake.fingerprint)
        .exclude(status__in=ENDED)
    )
    if intake.distinct_from_id:
        same = same.exclude(pk=intake.distinct_from_id)
    resolved = Case(When(status=IncidentStatus.RESOLVED, then=1), default=0)
    return same.order_by(resolved, "id").first()
