"""Carry a claimed shipment to GitHub: look where an earlier try may have succeeded, preflight,
create, settle. No transaction is open during a call."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from kernel import clock
from phonehome.egress import KILL_GRACE_SECONDS, open_transport
from phonehome.errors import TARGET_CHANGED
from phonehome.models import Attempt, Shipment
from phonehome.selectors import creating_attempts
from phonehome.services.claim_shipment import Claim, claim_shipment
from phonehome.services.cross_link import cross_link
from phonehome.services.hold_lease import LeaseLost, extend_lease, held_lease
from phonehome.services.look_for_issue import look_for_issue
from phonehome.services.note_attempt import note_attempt
from phonehome.services.settle_shipment import settle_filed, settle_not_filed
from phonehome.states import AttemptOutcome, AttemptPhase
from phonehome.transports.base import (
    OUTCOME_UNKNOWN,
    TRANSPORT_UNAVAILABLE,
    FiledIssue,
    IssueDraft,
    Retry,
    Transport,
    TransportError,
)

log = structlog.get_logger(__name__)


def ship_now(shipment_id: UUID) -> bool:
    """Claim one shipment and carry it; whether it was this worker's to carry.

    Safe to call any number of times, in any number of workers: the claim decides.
    """
    claim = claim_shipment(shipment_id)
    if claim is None:
        return False
    try:
        transport = _transport(claim)
        with held_lease(claim):
            issue, outcome = _carry(claim, transport)
        settle_filed(claim, issue, outcome, transport.name)
    except TransportError as error:
        settle_not_filed(claim, error)
        return True
    except LeaseLost:
        log.warning("shipment.lease_lost", shipment=str(shipment_id))
        return True
    except Exception as error:
        log.exception("shipment.failed", shipment=str(shipment_id))
        settle_not_filed(claim, _unexpected(claim, error))
        return True
    cross_link(claim.record_id)
    return True


def _transport(claim: Claim) -> Transport:
    """The transport the operator was shown, or the one an earlier try may have succeeded with:
    what was approved for GitHub, or may be there, does not go to a folder when a login is lost."""
    asked = creating_attempts(claim.record_id).order_by("creating_at")
    approved = Shipment.objects.values_list("transport", flat=True).get(pk=claim.shipment_id)
    transport = open_transport(asked.values_list("transport", flat=True).first() or approved)
    Attempt.objects.filter(pk=claim.attempt_id).update(transport=transport.name)
    return transport


def _carry(claim: Claim, transport: Transport) -> tuple[FiledIssue, AttemptOutcome]:
    revision = claim.revision
    # Before the preflight: an issue that exists is found even where nothing could be sent now,
    # because the repository was renamed, made public or archived since.
    found = look_for_issue(claim, transport)
    if found is not None:
        return found, AttemptOutcome.FOUND
    _check_target(claim, transport)
    transport.ensure_labels(revision.repo, tuple(revision.labels))
    _enter_creating(claim)
    draft = IssueDraft(
        repo=revision.repo,
        title=revision.title,
        body=revision.body_markdown,
        labels=tuple(revision.labels),
        marker=claim.marker,
    )
    return transport.create(draft), AttemptOutcome.CREATED


def _check_target(claim: Claim, transport: Transport) -> None:
    """Repository and visibility are part of what was approved."""
    revision = claim.revision
    repository = transport.preflight(revision.repo)
    same_name = repository.full_name.casefold() == revision.repo.casefold()
    if same_name and repository.visibility == revision.repo_visibility:
        return
    raise TransportError(
        TARGET_CHANGED.code,
        f"Approved for {revision.repo} ({revision.repo_visibility}); it is now "
        f"{repository.full_name} ({repository.visibility}). Nothing was sent.",
        Retry.NEEDS_FIX,
    )


@transaction.atomic
def _enter_creating(claim: Claim) -> None:
    """From here on the issue may exist, whatever happens to this worker: say so first.

    In one transaction with the lease: whoever takes the shipment over sees that it may.
    """
    extend_lease(claim)
    now = clock.now()
    longest = timedelta(seconds=settings.PHONE_HOME_GH_TIMEOUT_SECONDS + KILL_GRACE_SECONDS)
    Attempt.objects.filter(pk=claim.attempt_id).update(
        phase=AttemptPhase.CREATING, creating_at=now, create_deadline=now + longest
    )
    note_attempt(claim.attempt_id)


def _unexpected(claim: Claim, error: Exception) -> TransportError:
    """A fault of our own: unknown when the create had begun, harmless before. The text of an
    unknown exception is not shown; the log has it."""
    phase = Attempt.objects.values_list("phase", flat=True).get(pk=claim.attempt_id)
    began = phase == AttemptPhase.CREATING
    return TransportError(
        OUTCOME_UNKNOWN if began else TRANSPORT_UNAVAILABLE,
        f"The worker failed ({type(error).__name__}); the log has the details.",
        Retry.LOOK if began else Retry.LATER,
    )
