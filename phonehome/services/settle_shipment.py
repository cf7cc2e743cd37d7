"""Write down how an attempt ended. Only the worker that holds the lease may."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from incidents.states import WithWhom
from incidents.timeline import note
from kernel import clock
from kernel.ledger import record as record_fact
from kernel.principals import SystemPrincipal
from phonehome.locks import lock_packet
from phonehome.models import Attempt, PhoneHomeRecord, Shipment
from phonehome.selectors import open_questions
from phonehome.services.claim_shipment import Claim
from phonehome.services.hold_lease import LeaseLost
from phonehome.services.note_attempt import note_attempt
from phonehome.services.tell_clara import tell_clara
from phonehome.states import AttemptOutcome, AttemptPhase, ShipmentState
from phonehome.transports.base import FiledIssue, Retry, TransportError

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 900.0
LOOK_AGAIN_SECONDS = 2.0
_ONLY_LOOKED = Q(outcome=AttemptOutcome.UNKNOWN, creating_at__isnull=True)


@transaction.atomic
def settle_filed(claim: Claim, issue: FiledIssue, outcome: AttemptOutcome, transport: str) -> None:
    """The issue exists: keep its address before anything else is tried. Raises LeaseLost, after
    which the owner of the lease finds the issue by its marker."""
    record, shipment = _owned(claim)
    now = clock.now()
    _close(claim, outcome, issue_url=issue.url)
    shipment.state = ShipmentState.DONE
    shipment.lease_token = shipment.lease_until = None
    shipment.save(update_fields=["state", "lease_token", "lease_until"])
    record.issue_url, record.issue_number = issue.url, issue.number
    record.transport, record.shipped_at = transport, now
    record.error_code = record.error_message = ""
    record.ship()
    record.save(
        update_fields=[
            "status",
            "issue_url",
            "issue_number",
            "transport",
            "shipped_at",
            "error_code",
            "error_message",
        ]
    )
    record_fact(
        "phonehome.issue.filed",
        by=SystemPrincipal("shipping", record.tenant_id),
        subject=record,
        issue_url=issue.url,
        issue_number=issue.number,
        packet_sha256=claim.revision.packet_sha256,
        outcome=outcome,
    )


def settle_not_filed(claim: Claim, error: TransportError) -> None:
    """The issue is known not to exist, or is being looked for. A lost lease settles nothing."""
    try:
        _settle_not_filed(claim, error)
    except LeaseLost:
        return


@transaction.atomic
def _settle_not_filed(claim: Claim, error: TransportError) -> None:
    record, shipment = _owned(claim)
    looks = error.retry == Retry.LOOK
    # A failure before this try's create says nothing about an earlier one that may have succeeded.
    unknown = looks or open_questions(record.pk).exclude(pk=claim.attempt_id).exists()
    _close(
        claim,
        AttemptOutcome.UNKNOWN if looks else AttemptOutcome.FAILED,
        error_code=error.code,
        message=error.message,
        detail=error.detail,
    )
    record.error_code, record.error_message = error.code, _storable(error.message)[:500]
    tries = shipment.attempts.exclude(_ONLY_LOOKED).count()
    pause = _pause_seconds(error, tries)
    # Looking on costs nothing and never ends; sending again after every unknown outcome would fill
    # the repository where issues appear later than we look.
    only_looked = shipment.attempts.filter(_ONLY_LOOKED, pk=claim.attempt_id).exists()
    exhausted = not only_looked and tries >= settings.PHONE_HOME_MAX_ATTEMPTS
    waits_for_person = error.retry == Retry.NEEDS_FIX or exhausted
    shipment.state = ShipmentState.WAITING if waits_for_person else ShipmentState.QUEUED
    shipment.not_before = clock.now() + timedelta(seconds=pause)
    shipment.lease_token = shipment.lease_until = None
    shipment.save(update_fields=["state", "not_before", "lease_token", "lease_until"])
    if unknown:
        record.lose_sight()
    else:
        record.fail()
    record.save(update_fields=["status", "error_code", "error_message"])
    if waits_for_person:
        _say_so(record, error)


def _say_so(record: PhoneHomeRecord, error: TransportError) -> None:
    note(
        record.incident,
        "shipment_failed",
        by=SystemPrincipal("shipping", record.tenant_id),
        with_whom=WithWhom.OPERATOR,
        record_id=str(record.pk),
        code=error.code,
    )
    tell_clara(record, event="shipment_failed", code=error.code, message=record.error_message)


def _owned(claim: Claim) -> tuple[PhoneHomeRecord, Shipment]:
    """Packet and shipment, locked in the order of every service. Raises LeaseLost.

    The token alone decides: a lease that has passed but that nobody took is still this worker's.
    """
    record = lock_packet(claim.record_id)
    shipment = (
        Shipment.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=claim.shipment_id, lease_token=claim.lease_token, state=ShipmentState.CLAIMED)
        .first()
    )
    if shipment is None:
        raise LeaseLost
    return record, shipment


def _close(
    claim: Claim,
    outcome: AttemptOutcome,
    *,
    error_code: str = "",
    message: str = "",
    detail: str = "",
    issue_url: str = "",
) -> None:
    changes = {
        "outcome": outcome,
        "error_code": error_code,
        "message": _storable(message),
        "detail": _storable(detail),
        "issue_url": issue_url,
        "finished_at": clock.now(),
    }
    Attempt.objects.filter(pk=claim.attempt_id).update(**changes, phase=AttemptPhase.SETTLED)
    note_attempt(claim.attempt_id)


def _storable(text: str) -> str:
    """Another program's words without what PostgreSQL takes for no text: NUL, lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _pause_seconds(error: TransportError, tries: int) -> float:
    """The server's own delay where it named one; else doubling, from FIRST to LONGEST."""
    if error.retry_after_seconds is not None:
        return error.retry_after_seconds
    if error.retry == Retry.LOOK:
        return LOOK_AGAIN_SECONDS
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(max(tries, 1) - 1, 10))
