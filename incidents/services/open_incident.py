"""Open an incident from a report and hand it to Clara."""

from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.deadlines.clocks import start_deadline
from incidents.desk import read_report
from incidents.models import Incident, Intake
from incidents.numbering import next_number
from incidents.promises import promise_next_update
from incidents.record import linking_ids_in
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.sightings import named_in_record
from incidents.states import Stage, WithWhom
from incidents.thread import note_thread
from incidents.timeline import note
from kernel.principals import Principal, SystemPrincipal


def open_incident(intake: Intake, *, title: str, by: Principal) -> Incident:
    """The incident, with a Handoff signal from Sage to Clara and word to the reporter; in the
    caller's transaction."""
    report = read_report(intake.signal.payload)
    linked = linking_ids_in(intake.signal.payload)
    linked.setdefault("agent_id", f"{intake.reporter_identity}@{intake.reporter_pid}")
    incident = Incident.objects.create(
        tenant_id=intake.tenant_id,
        incident_id=next_number("inc", intake.tenant_id),
        intake=intake,
        project_id=intake.reporter.project_id,
        reporter=intake.reporter,
        title=(title.strip() or report.title)[:200],
        report=report.text,
        fingerprint=intake.fingerprint,
        detected_at=intake.signal.created_at,
        detected_by="customer_agent",
        **linked,
    )
    note_thread(incident, intake)
    note(
        incident,
        "reported",
        by=by,
        with_whom=WithWhom.INCIDENT_MANAGER,
        signal_id=str(intake.signal_id),
        linked=sorted(linked),
    )
    hand_to_clara(intake, incident)
    tell_reporter_from_desk(
        intake,
        signal_type=SignalType.STATUS,
        text=f"Taken in as {incident.incident_id}; Clara triages it now.",
        incident_id=incident.incident_id,
    )
    start_deadline(incident, Stage.TRIAGE)
    promise_next_update(incident)
    shown = [incident.title, report.text, *named_in_record(incident)]
    notice_retired_paths(incident, at=incident.detected_at, texts=shown)
    return incident


def hand_to_clara(intake: Intake, incident: Incident) -> None:
    """Sage's Handoff, which makes Clara a party to the thread of the report."""
    send_signal(
        sender=holder_of(PersonaDuty.INTAKE_DESK, intake.tenant_id),
        by=SystemPrincipal("desk", intake.tenant_id),
        to_identity=holder_of(PersonaDuty.INCIDENT_MANAGER, intake.tenant_id).identity,
        in_reply_to=intake.signal_id,
        signal_type=SignalType.HANDOFF,
        category="incident",
        payload={"incident_id": incident.incident_id, "intake_id": str(intake.id)},
    )
