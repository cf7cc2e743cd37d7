"""End a case whose report is none after all; while others report the same, it is theirs."""

from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.errors import RECLASSIFICATION_REFUSED
from incidents.hooks import tell_reopened
from incidents.models import Incident, Intake
from incidents.selectors import desk_has_triage
from incidents.services.open_incident import hand_to_clara
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter, tell_reporter_from_desk
from incidents.states import IncidentStatus, IntakeStatus, TierState, WithWhom
from incidents.tiers import LAST_TIER
from incidents.timeline import note
from kernel.errors import CareError, Code
from kernel.principals import Principal


def let_go_of_case(
    intake: Intake, *, why: str, by: Principal, refusal: Code = RECLASSIFICATION_REFUSED
) -> Incident | None:
    """The case that the report had opened: withdrawn, or passed on to the first report that had
    joined it. None where there is none. The caller holds the locks of `locks.lock_report`.

    `why` is enumerated. Raises `refusal` where an agent triaged the case, or it is past its triage
    or filed: work went into it, and what follows from that is Clara's; and what keeps a packet
    from being taken back.
    """
    incident = (
        Incident.objects.select_for_update(of=("self",), no_key=True).filter(intake=intake).first()
    )
    if incident is None or incident.status == IncidentStatus.WITHDRAWN:
        return None
    kept = _kept_because(incident)
    if kept:
        raise CareError(refusal, message=f"{refusal.message} {incident.incident_id} {kept}")
    heir = (
        Intake.objects.select_for_update(of=("self",), no_key=True)
        .filter(joined=incident, status=IntakeStatus.JOINED)
        .order_by("id")
        .first()
    )
    if heir is not None:
        _pass_on(incident, heir, why=why, by=by)
    else:
        _withdraw(incident, why=why, by=by)
    return incident


def _kept_because(incident: Incident) -> str:
    """Why the case is not let go, as the end of a sentence; empty where it is."""
    if incident.status in (IncidentStatus.REPORTED, IncidentStatus.TRIAGING):
        return ""
    if incident.status != IncidentStatus.TRIAGED:
        return f"is {incident.get_status_display()}."
    if incident.issue_number:
        return "is filed with the product team."
    return "" if desk_has_triage(incident) else "was triaged by an agent."


def _withdraw(incident: Incident, *, why: str, by: Principal) -> None:
    incident.withdraw()
    incident.eligible = None
    incident.save(update_fields=["status", "eligible"])
    # Should it be an incident after all, its outcome is decided anew.
    incident.tiers.filter(tier=LAST_TIER, state=TierState.COMPLETE).update(
        state=TierState.REOPENED, reopened_because="The case was withdrawn."
    )
    tell_reopened(incident, by)
    note(incident, "withdrawn", by=by, with_whom=WithWhom.REPORTER, why=why)
    tell_reporter(
        incident,
        outcome="withdrawn",
        text=f"{incident.incident_id} is withdrawn: {_SENTENCES[why]}",
        why=why,
    )
    _tell_clara(incident, text=f"{incident.incident_id} is withdrawn: {_SENTENCES[why]}", why=why)


def _pass_on(incident: Incident, heir: Intake, *, why: str, by: Principal) -> None:
    incident.intake, incident.reporter = heir, heir.reporter
    incident.save(update_fields=["intake", "reporter"])
    heir.status, heir.joined = IntakeStatus.HANDED_OFF, None
    heir.save(update_fields=["status", "joined"])
    note(incident, "passed_on", by=by, intake_id=str(heir.id), why=why)
    hand_to_clara(heir, incident)
    tell_reporter_from_desk(
        heir,
        signal_type=SignalType.STATUS,
        text=f"{incident.incident_id} goes on with your report: {_SENTENCES[why]}",
        incident_id=incident.incident_id,
    )


def _tell_clara(incident: Incident, *, text: str, why: str) -> None:
    tell_desk(
        PersonaDuty.INCIDENT_MANAGER,
        incident.tenant_id,
        category="incident",
        text=text,
        incident_id=incident.incident_id,
        outcome="withdrawn",
        why=why,
    )


_SENTENCES = {
    "reclassified": "the report that had opened it was classified anew.",
    "by_reporter": "its reporter took it back.",
}
