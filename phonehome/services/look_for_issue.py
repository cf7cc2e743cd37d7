"""Look for the issue that an earlier try may have created, before anything is sent again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kernel import clock
from phonehome.models import Attempt
from phonehome.selectors import creating_attempts, open_questions
from phonehome.services.claim_shipment import Claim, this_host
from phonehome.services.note_attempt import note_attempt
from phonehome.states import AttemptOutcome, AttemptPhase
from phonehome.transports.base import (
    OUTCOME_UNKNOWN,
    FiledIssue,
    Retry,
    Transport,
    TransportError,
)

STILL_LOOKING_SECONDS = 3.0
CLOCKS_DISAGREE_AT_MOST = timedelta(hours=1)


def look_for_issue(claim: Claim, transport: Transport) -> FiledIssue | None:
    """The issue that holds this packet's marker, where an earlier try may have created one; None
    when there is none and none is expected any more, so that it may be sent.

    Raises TransportError `phone_home_outcome_unknown` while the issue may still appear: until no
    process of ours can be sending, and PHONE_HOME_LOOK_SECONDS after that.
    """
    first = creating_attempts(claim.record_id).order_by("creating_at").first()
    if first is None:
        return None
    found = transport.find_by_marker(claim.revision.repo, claim.marker, since=first.creating_at)
    if found:
        return min(found, key=lambda issue: issue.number)
    questions = list(open_questions(claim.record_id))
    wait_seconds = _may_still_appear(claim, questions).total_seconds()
    if wait_seconds > 0:
        raise TransportError(
            OUTCOME_UNKNOWN,
            "An earlier try may have created the issue; it is being looked for.",
            Retry.LOOK,
            retry_after_seconds=min(
                max(STILL_LOOKING_SECONDS, wait_seconds / 4), wait_seconds + 0.1
            ),
        )
    _write_absent([question.pk for question in questions])
    return None


@transaction.atomic
def _write_absent(attempt_ids: list[UUID]) -> None:
    for attempt_id in attempt_ids:
        Attempt.objects.filter(pk=attempt_id).update(
            outcome=AttemptOutcome.ABSENT, message="Looked for; the issue is not there."
        )
        note_attempt(attempt_id)


def _may_still_appear(claim: Claim, questions: Sequence[Attempt]) -> timedelta:
    """How long an issue of these tries may still appear; zero or less: not any more.

    Clocks of two machines may disagree by minutes, and one may be set while we work. A worker
    whose lease another one took too early may be sending at this very moment. So the time is
    counted from when this machine first saw the try left behind, by this machine's clock alone.
    Where every look comes from a new machine, an hour after the try is late enough.
    """
    waits = (_one_may_still_appear(claim, question) for question in questions)
    return max(waits, default=timedelta(0))


def _one_may_still_appear(claim: Claim, question: Attempt) -> timedelta:
    now, here = clock.now(), f"{this_host()}:"
    began = question.creating_at or question.started_at
    # A settled try ended before it was settled; one that was left behind may go on to its deadline.
    ended = question.finished_at if question.phase == AttemptPhase.SETTLED else None
    sending = timedelta(0) if ended else (question.create_deadline or began) - began
    seen = [
        *Attempt.objects.filter(
            shipment_id=claim.shipment_id, number__gt=question.number, worker__startswith=here
        ).values_list("started_at", flat=True)
    ]
    if ended and question.worker.startswith(here):
        seen.append(ended)
    watch = sending + timedelta(seconds=settings.PHONE_HOME_LOOK_SECONDS)
    by_this_clock = watch - (now - min(seen)) if seen else watch
    by_any_clock = watch + CLOCKS_DISAGREE_AT_MOST - (now - began)
    return min(by_this_clock, by_any_clock)
