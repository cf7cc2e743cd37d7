"""Make a report an incident: join the open case that it repeats, or have one of its own."""

from incidents.models import Incident, Intake
from incidents.record import fingerprint_of
from incidents.services.join_case import join_case
from incidents.services.open_incident import open_incident
from incidents.services.reinstate_case import reinstate_case
from incidents.states import ENDED, IntakeStatus
from kernel.principals import Principal


def take_as_incident(intake: Intake, *, title: str, by: Principal) -> Incident:
    """The case. The caller holds the project's lock, so that of two equal reports one opens it and
    the other joins, and saves the intake."""
    if not intake.fingerprint:  # taken in before fingerprints were
        intake.fingerprint = fingerprint_of(intake.signal.payload)
    case = _open_case_of_the_same(intake)
    if case is None:
        return open_own_case(intake, title=title, by=by)
    join_case(intake, case, by=by)
    return case


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
    """The oldest one, locked; never the one that its reporter said it is not."""
    if not intake.fingerprint:
        return None
    same = (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .filter(project_id=intake.reporter.project_id, fingerprint=intake.fingerprint)
        .exclude(status__in=ENDED)
    )
    if intake.distinct_from_id:
        same = same.exclude(pk=intake.distinct_from_id)
    return same.order_by("id").first()
