"""Stage a packet for review (seed 000 §5)."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from access import policy
from incidents.deadlines.clocks import start_deadline
from incidents.locks import lock_incident
from incidents.models import Incident
from incidents.states import IncidentStatus, Scope, Stage, WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.errors import CareError
from kernel.ledger import record as record_fact
from kernel.principals import Principal
from phonehome.errors import KIND_REJECTED, NOT_TRIAGED, PACKET_EXISTS, SCOPE_REJECTED
from phonehome.models import PhoneHomeRecord
from phonehome.services.write_revision import Content, write_revision
from phonehome.states import ENDED_WITHOUT_ISSUE

# Damage is stopped first and told about afterwards: a contained case can be filed as well.
STAGEABLE = (IncidentStatus.TRIAGED, IncidentStatus.CONTAINED, IncidentStatus.RESOLVED)


@transaction.atomic
def stage_packet(
    *, incident_id: str, tenant_id: UUID, content: Content, by: Principal
) -> PhoneHomeRecord:
    """The packet, waiting for an operator.

    Raises not_found, phone_home_incident_not_triaged, phone_home_scope_rejected,
    phone_home_kind_rejected, phone_home_packet_exists, and what write_revision raises.
    """
    policy.require(by, "phonehome.packet.stage")
    incident = lock_incident(incident_id, tenant_id)
    _check_eligible(incident)
    existing = (
        PhoneHomeRecord.objects.filter(incident=incident, repo=settings.GITHUB_REPO)
        .exclude(status__in=ENDED_WITHOUT_ISSUE)
        .first()
    )
    if existing is not None:
        raise CareError(PACKET_EXISTS, details={"record_id": str(existing.pk)})
    record = PhoneHomeRecord(
        tenant_id=tenant_id,
        incident=incident,
        repo=settings.GITHUB_REPO,
        review_due_at=clock.now() + timedelta(hours=settings.PHONE_HOME_REVIEW_HOURS),
    )
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        raise CareError(PACKET_EXISTS) from None
    revision = write_revision(record, content, number=1, by=by)
    record_fact(
        "phonehome.packet.staged",
        by=by,
        subject=record,
        revision=1,
        packet_sha256=revision.packet_sha256,
    )
    note(
        incident,
        "packet_staged",
        by=by,
        with_whom=WithWhom.OPERATOR,
        record_id=str(record.pk),
        revision=1,
        packet_sha256=revision.packet_sha256,
    )
    start_deadline(incident, Stage.OPERATOR_REVIEW, ref=str(record.pk))
    return record


def _check_eligible(incident: Incident) -> None:
    if incident.status not in STAGEABLE:
        raise CareError(NOT_TRIAGED)
    if incident.scope == Scope.CUSTOMER_INTERNAL:
        raise CareError(SCOPE_REJECTED)
    if incident.kind not in settings.PHONE_HOME_KINDS:
        raise CareError(KIND_REJECTED)
    if not incident.eligible:
        raise CareError(SCOPE_REJECTED, message="Tier 5 found this case not eligible.")
