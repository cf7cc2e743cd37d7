"""The built-in desk's packet: composed and redacted from the case, then staged for review."""

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.models import Incident, TimelineEntry
from incidents.selectors import cases_to_stage, desk_has_triage
from incidents.services.run_desk import desk_mode
from incidents.states import DeskMode, WithWhom
from incidents.thread import note_signal
from incidents.timeline import note
from kernel.errors import CareError
from kernel.principals import SystemPrincipal
from phonehome.errors import PACKET_EXISTS
from phonehome.models import PhoneHomeRecord
from phonehome.services.compose_desk_case import compose_desk_case
from phonehome.services.stage_packet import stage_packet
from phonehome.states import ENDED_WITHOUT_ISSUE

log = structlog.get_logger(__name__)

BATCH = 100
LEFT_TO_CLARA = "staging_left_to_clara"


def stage_desk_case(incident_pk: UUID) -> bool:
    """Stage one case the desk triaged; whether a packet was made. Safe to repeat."""
    waiting = _without_packet(cases_to_stage()).select_related("intake__signal")
    incident = waiting.filter(pk=incident_pk).first()
    if incident is None or not _is_ours(incident):
        return False
    try:
        stage_packet(
            incident_id=incident.incident_id,
            tenant_id=incident.tenant_id,
            content=compose_desk_case(incident),
            by=SystemPrincipal("desk", incident.tenant_id),
        )
    except CareError as error:
        if error.code != PACKET_EXISTS.code:
            _leave_to_clara(incident, error)
        return False
    return True


def stage_waiting_cases() -> int:
    """The sweep's part: cases whose nudge was lost; how many packets were made."""
    left = TimelineEntry.objects.filter(incident=OuterRef("pk"), event=LEFT_TO_CLARA)
    waiting = _without_packet(cases_to_stage()).exclude(Exists(left))
    made = 0
    for pk in list(waiting.values_list("pk", flat=True)[:BATCH]):
        try:
            made += stage_desk_case(pk)
        except Exception:
            log.exception("desk.not_staged", incident=str(pk))
    return made


@transaction.atomic
def _leave_to_clara(incident: Incident, error: CareError) -> None:
    """What the desk cannot compose is said once, to Clara, and left out of the sweep."""
    by = SystemPrincipal("desk", incident.tenant_id)
    if incident.timeline.filter(event=LEFT_TO_CLARA).exists():
        return
    log.warning("desk.left_to_clara", incident=incident.incident_id, code=error.code)
    note(
        incident,
        LEFT_TO_CLARA,
        by=by,
        with_whom=WithWhom.INCIDENT_MANAGER,
        code=error.code,
        fields=sorted(error.fields or {}),
    )
    signal = send_signal(
        sender=holder_of(PersonaDuty.SHIPPING, incident.tenant_id),
        by=by,
        to_identity=holder_of(PersonaDuty.INCIDENT_MANAGER, incident.tenant_id).identity,
        signal_type=SignalType.TASK,
        category="phone-home",
        payload={
            "event": LEFT_TO_CLARA,
            "incident_id": incident.incident_id,
            "code": error.code,
            "message": error.message,
        },
    )
    note_signal(incident, signal)


def _is_ours(incident: Incident) -> bool:
    """Only what the desk triaged in auto mode; an agent's cases are staged by the agent."""
    return desk_mode(incident.tenant_id) == DeskMode.AUTO and desk_has_triage(incident)


def _without_packet(cases: QuerySet[Incident]) -> QuerySet[Incident]:
    """Cases for which nothing was staged since they were triaged last: what was taken back when a
    triage was reopened is staged anew after it, what Clara or an operator ended is not."""
    standing = PhoneHomeRecord.objects.filter(incident=OuterRef("pk")).exclude(
        status__in=ENDED_WITHOUT_ISSUE
    )
    entries = TimelineEntry.objects.filter(incident=OuterRef("pk")).order_by("-id").values("id")
    return (
        cases.exclude(Exists(standing))
        .alias(
            staged=Subquery(entries.filter(event="packet_staged")[:1]),
            triaged=Subquery(entries.filter(event="triaged")[:1]),
        )
        .filter(Q(staged__isnull=True) | Q(staged__lt=F("triaged")))
    )
