"""After the issue exists: journal, postmortem, incident, Clara, and the answer to the reporter
(SPEC-115 §Local Cross-Linking). Repeatable, and never touches GitHub."""

from uuid import UUID

import structlog
from django.db import transaction

from access.models import Project
from incidents.models import JournalEntry, Postmortem
from incidents.services.tell_reporter import tell_reporter
from incidents.states import WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.principals import SystemPrincipal
from phonehome.errors import CROSSLINK_FAILED
from phonehome.locks import lock_packet
from phonehome.models import PhoneHomeRecord
from phonehome.services.tell_clara import tell_clara
from phonehome.states import PacketStatus

log = structlog.get_logger(__name__)

BATCH = 100


def cross_link(record_id: UUID) -> bool:
    """Write the local rows in one transaction; whether they are written now. A failure leaves
    `crosslink_failed` with the URL, and the sweep tries again."""
    try:
        return _write(record_id)
    except Exception:
        log.exception("cross_link.failed", record_id=str(record_id))
    try:
        _mark_failed(record_id)
    except Exception:
        # One packet that cannot even be marked must not keep the sweep from the others.
        log.exception("cross_link.not_marked", record_id=str(record_id))
    return False


def cross_link_waiting() -> int:
    """The sweep's part: filed packets whose local rows are missing; how many were repaired."""
    waiting = PhoneHomeRecord.objects.filter(
        status__in=[PacketStatus.SHIPPED, PacketStatus.CROSSLINK_FAILED],
        cross_linked_at__isnull=True,
    )
    return sum(cross_link(pk) for pk in list(waiting.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _write(record_id: UUID) -> bool:
    record = lock_packet(record_id)
    if record.cross_linked_at is not None:
        return False
    incident = record.incident
    by = SystemPrincipal("shipping", record.tenant_id)
    number, url = record.issue_number, record.issue_url
    incident.issue_repo, incident.issue_url = record.repo, url
    incident.issue_number, incident.issue_state = number, "open"
    incident.save(update_fields=["issue_repo", "issue_url", "issue_number", "issue_state"])
    Postmortem.objects.filter(incident=incident).update(issue_url=url)
    JournalEntry.objects.create(
        tenant_id=record.tenant_id,
        project=Project.objects.get(tenant_id=record.tenant_id, is_home=True),
        incident=incident,
        author=by.label,
        text=f"{incident.incident_id} filed as issue #{number}: {url}",
        refs={
            "record_id": str(record.pk),
            "issue_url": url,
            "issue_number": number,
            "idempotency_key": record.current.idempotency_key,
        },
    )
    note(
        incident,
        "issue_filed",
        by=by,
        with_whom=WithWhom.PRODUCT_TEAM,
        record_id=str(record.pk),
        issue_url=url,
        issue_number=number,
    )
    tell_clara(
        record,
        event="issue_filed",
        issue_url=url,
        issue_number=number,
        local_artifact_refs=record.current.local_artifact_refs,
    )
    tell_reporter(
        incident,
        outcome="filed",
        text=f"{incident.incident_id} is filed as issue #{number}, tracking, will surface updates "
        "when they arrive.",
        issue_number=number,
        issue_url=url,
    )
    record.cross_linked_at = clock.now()
    record.error_code = record.error_message = ""
    record.finish_cross_link()
    record.save(update_fields=["status", "cross_linked_at", "error_code", "error_message"])
    return True


@transaction.atomic
def _mark_failed(record_id: UUID) -> None:
    record = lock_packet(record_id)
    if record.status == PacketStatus.SHIPPED and record.cross_linked_at is None:
        record.fail_cross_link()
        record.error_code = CROSSLINK_FAILED.code
        record.error_message = CROSSLINK_FAILED.message
        record.save(update_fields=["status", "error_code", "error_message"])
        note(
            record.incident,
            "cross_link_failed",
            by=SystemPrincipal("shipping", record.tenant_id),
            record_id=str(record.pk),
            issue_url=record.issue_url,
            issue_number=record.issue_number,
        )
