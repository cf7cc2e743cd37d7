"""E-mail about an escalation: at most once, and never with a word of the case's text."""

from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from incidents.models import Escalation
from incidents.states import Delivery
from kernel.clock import isoformat

log = structlog.get_logger(__name__)

BATCH = 20


def send_queued_escalations() -> int:
    """How many were handed over in this pass. A mail server that hangs costs its timeout, so a
    pass takes only some; the next one goes on."""
    queued = Escalation.objects.filter(delivery=Delivery.QUEUED).order_by("id")
    return sum(send_escalation(pk) for pk in list(queued.values_list("pk", flat=True)[:BATCH]))


def send_escalation(escalation_id: UUID) -> bool:
    """Claim, send, settle. After a crash in between the row says `sending` and stays so: it may
    have been sent, and a second one could be a second one."""
    rows = Escalation.objects.filter(pk=escalation_id)
    if not rows.filter(delivery=Delivery.QUEUED).update(delivery=Delivery.SENDING):
        return False
    row = rows.select_related("deadline__incident").get()
    try:
        send_mail(_subject(row), _text(row), settings.DEFAULT_FROM_EMAIL, [row.address])
    except Exception:
        log.warning("escalation.not_sent", escalation_id=str(row.pk), exc_info=True)
        rows.update(delivery=Delivery.FAILED)
        return False
    rows.update(delivery=Delivery.SENT)
    return True


def _about(row: Escalation) -> str:
    incident = row.deadline.incident
    return incident.incident_id if incident else f"report {row.deadline.intake_id}"


def _subject(row: Escalation) -> str:
    deadline = row.deadline
    state = "is over" if deadline.breached_at else "is nearly over"
    return f"[Prism Care] {deadline.get_stage_display()} of {_about(row)} {state}"


def _text(row: Escalation) -> str:
    """Ids, enumerated facts and a path; a link to decide is not sent by mail."""
    deadline = row.deadline
    lines = [
        f"Case: {_about(row)}",
        f"Stage: {deadline.get_stage_display()}",
        f"Severity: {deadline.severity or 'not decided'}",
        f"Due: {isoformat(deadline.due_at)}",
        f"Step: {row.get_kind_display()} at {row.after_percent} % of the time",
        f"Page: {reverse('incidents_console:deadlines')}",
    ]
    return "\n".join(lines) + "\n"
