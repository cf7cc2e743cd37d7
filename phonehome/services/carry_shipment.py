"""Carry a claimed shipment to GitHub: preflight, look where an earlier try may have succeeded,
create, settle. No transaction is open during a call."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings

from kernel import clock
from phonehome.egress import KILL_GRACE_SECONDS, open_transport
from phonehome.errors import TARGET_CHANGED
from phonehome.models import Attempt
from phonehome.selectors import open_questions
from phonehome.services.claim_shipment import Claim, claim_shipment
from phonehome.services.cross_link import cross_link
from phonehome.services.hold_lease import LeaseLost, extend_lease, held_lease
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

STILL_LOOKING_SECONDS = 3.0


def ship_now(shipment_id: UUID) -> bool:
    """Claim one shipment and carry it; whether it was this worker's to carry.

    Safe to call any number of times, in any number of workers: the claim decides.
    """
    claim = claim_shipment(shipment_id)
    if claim is None:
        return False
    transport = open_transport()
    Attempt.objects.filter(pk=claim.attempt_id).update(transport=transport.name)
    try:
        with held_lease(claim):
            issue, outcome = _carry(claim, transport)
        filed = settle_filed(claim, issue, outcome, transport.name)
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
    if filed:
        cross_link(claim.record_id)
    return True


def _carry(claim: Claim, transport: Transport) -> tuple[FiledIssue, AttemptOutcome]:
    revision = claim.revision
    _check_target(claim, transport)
    transport.ensure_labels(revision.repo, tuple(revision.labels))
    found = _look(claim, transport)
    if found is not None:
        return found, AttemptOutcome.FOUND
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


def _look(claim: Claim, transport: Transport) -> FiledIssue | None:
    """Search for this packet's marker when an earlier try may have created the issue.

    Raises TransportError `phone_home_outcome_unknown` while the issue may still appear: until no
    process of ours can be sending any more, and PHONE_HOME_LOOK_SECONDS after that.
    """
    questions = open_questions(claim.record_id).exclude(pk=claim.attempt_id)
    first = questions.order_by("creating_at").first()
    if first is None:
        return None
    found = transport.find_by_marker(claim.revision.repo, claim.marker, since=first.creating_at)
    if found:
        return min(found, key=lambda issue: issue.number)
    last_deadline = max(one.create_deadline for one in questions if one.create_deadline)
    wait = last_deadline + timedelta(seconds=settings.PHONE_HOME_LOOK_SECONDS) - clock.now()
    if wait > timedelta(0):
        raise TransportError(
            OUTCOME_UNKNOWN,
            "An earlier try may have created the issue; it is being looked for.",
            Retry.LOOK,
            retry_after_seconds=min(STILL_LOOKING_SECONDS, wait.total_seconds() + 0.1),
        )
    questions.update(outcome=AttemptOutcome.FAILED, message="Looked for; the issue is not there.")
    return None


def _enter_creating(claim: Claim) -> None:
    """From here on the issue may exist, whatever happens to this worker: say so first."""
    extend_lease(claim)
    now = clock.now()
    longest = timedelta(seconds=settings.PHONE_HOME_GH_TIMEOUT_SECONDS + KILL_GRACE_SECONDS)
    Attempt.objects.filter(pk=claim.attempt_id).update(
        phase=AttemptPhase.CREATING, creating_at=now, create_deadline=now + longest
    )


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
