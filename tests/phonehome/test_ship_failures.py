"""Known failures: each with its code, its pause, and somebody who is told."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from bridge.models import Signal
from kernel.errors import CATALOGUE, CareError
from phonehome.errors import NOT_RETRYABLE
from phonehome.models import Attempt
from phonehome.services.retry_shipment import retry_shipment
from phonehome.states import PacketStatus, ShipmentState
from phonehome.transports.base import RATE_LIMITED, Retry, TransportError
from tests.cast import Cast
from tests.phonehome.conftest import MovedClock, filed_in
from tests.phonehome.packets import (
    approve,
    approved_packet,
    attempts_of,
    carry,
    carry_until_settled,
    carry_when_due,
    fresh,
    revised,
    shipment_of,
    staged_packet,
)
from tests.phonehome.scripted_transport import (
    Fault,
    ScriptedTransport,
    later,
    needs_fix,
    rate_limited,
    unknown,
)

pytestmark = pytest.mark.django_db


def pause_seconds(record: Any, moved_clock: MovedClock) -> float:
    return (shipment_of(record).not_before - moved_clock()).total_seconds()


@pytest.mark.parametrize("where", ["preflight", "labels", "create"])
def test_rate_limit_keeps_to_the_servers_pause(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, where: str
) -> None:
    record = approved_packet(cast)
    scripted.fail_next(where, rate_limited(73))

    carry(record)

    assert (fresh(record).status, fresh(record).error_code) == ("ship_failed", RATE_LIMITED)
    assert 70 < pause_seconds(record, moved_clock) <= 73
    assert not carry(record)  # not before its time
    record = carry_when_due(record, moved_clock)
    assert (record.status, record.error_code) == (PacketStatus.SHIPPED, "")
    assert len(scripted.issues()) == 1


def test_pauses_double_and_end_with_a_person(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, settings: Any
) -> None:
    settings.PHONE_HOME_MAX_ATTEMPTS = 4
    record = approved_packet(cast)
    scripted.fail_next("preflight", *[later()] * 9)
    pauses = []
    for _ in range(3):
        record = carry_when_due(record, moved_clock)
        pauses.append(round(pause_seconds(record, moved_clock)))

    record = carry_when_due(record, moved_clock)

    assert pauses == [5, 10, 20]
    assert shipment_of(record).state == ShipmentState.WAITING
    assert scripted.issues() == []
    moved_clock.move(100_000)
    assert not carry(record)


@pytest.mark.parametrize("where", ["preflight", "labels", "create"])
def test_needs_a_person(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, where: str
) -> None:
    record = approved_packet(cast)
    scripted.fail_next(where, needs_fix())

    carry(record)

    failed = fresh(record)
    assert (failed.status, failed.error_code) == ("ship_failed", "phone_home_auth_required")
    told = Signal.objects.filter(to_identity="Clara", payload__event="shipment_failed")
    assert [one.payload["code"] for one in told] == ["phone_home_auth_required"]
    moved_clock.move(100_000)
    assert not carry(record)
    retry_shipment(record_id=record.pk, by=cast.operator)
    assert carry(record)
    assert len(scripted.issues()) == 1


def test_looks_do_not_use_up_the_tries(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, settings: Any
) -> None:
    settings.PHONE_HOME_MAX_ATTEMPTS, settings.PHONE_HOME_LOOK_SECONDS = 3, 60
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown(), hidden=5))
    scripted.fail_next("find", later())

    record = carry_until_settled(record, moved_clock)

    assert record.status == PacketStatus.SHIPPED
    assert len(attempts_of(record)) > 3


def test_sends_of_unknown_outcome_are_not_endless(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, settings: Any
) -> None:
    """Where issues appear later than we look, every send might be one more issue."""
    settings.PHONE_HOME_MAX_ATTEMPTS, settings.PHONE_HOME_LOOK_SECONDS = 3, 5
    record = approved_packet(cast)
    scripted.next_create(*[Fault(before=unknown()) for _ in range(9)])

    record = carry_until_settled(record, moved_clock)

    assert shipment_of(record).state == ShipmentState.WAITING
    assert record.status == PacketStatus.OUTCOME_UNKNOWN
    assert scripted.calls.count("create") == 3
    scripted.forget_faults()
    retry_shipment(record_id=record.pk, by=cast.operator)
    assert carry_until_settled(record, moved_clock).status == PacketStatus.SHIPPED
    assert len(scripted.issues()) == 1


@pytest.mark.parametrize("change", ["renamed", "public"])
def test_target_is_not_what_was_approved(
    cast: Cast, scripted: ScriptedTransport, change: str
) -> None:
    record = approved_packet(cast)
    if change == "renamed":
        scripted.full_name = "FrankTewksbury/Other"
    else:
        scripted.visibility = "public"

    carry(record)

    failed = fresh(record)
    assert (failed.status, failed.error_code) == ("ship_failed", "phone_home_target_changed")
    assert scripted.issues() == []
    assert "create" not in scripted.calls
    record = revised(record, title="A better title")
    assert record.status == PacketStatus.PENDING


def test_case_of_a_repository_is_no_change(cast: Cast, scripted: ScriptedTransport) -> None:
    scripted.full_name = "franktewksbury/prism"

    carry(record := approved_packet(cast))

    assert fresh(record).status == PacketStatus.SHIPPED


def test_words_that_a_database_cannot_keep(cast: Cast, scripted: ScriptedTransport) -> None:
    words = "gh\x00 said \ud800 " + "x" * 5_000
    record = approved_packet(cast)
    scripted.fail_next(
        "create", TransportError("phone_home_issue_create_failed", words, Retry.NEEDS_FIX, 1, words)
    )

    carry(record)

    assert fresh(record).status == PacketStatus.SHIP_FAILED
    assert "gh said" in Attempt.objects.get().detail


def test_transport_that_is_not_there(
    cast: Cast, nothing_leaves: Callable[[], None], settings: Any
) -> None:
    """Never a folder instead."""
    settings.GITHUB_TRANSPORT = "app"
    record = approved_packet(cast)

    nothing_leaves()

    assert fresh(record).error_code == "phone_home_transport_unavailable"
    assert shipment_of(record).state == ShipmentState.WAITING


def test_revision_after_a_failure_voids_the_shipment(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    record = approved_packet(cast)
    scripted.fail_next("create", needs_fix())
    carry(record)
    old = shipment_of(record)

    record = approve(revised(record, title="A better title"), cast)
    record = carry_when_due(record, moved_clock)

    old.refresh_from_db()
    assert old.state == ShipmentState.CANCELLED
    assert [one["title"] for one in scripted.issues()] == ["A better title"]


def test_only_a_failed_shipment_is_retried(cast: Cast, outbox: Any) -> None:
    record = staged_packet(cast)
    for _ in range(2):
        with pytest.raises(CareError) as caught:
            retry_shipment(record_id=record.pk, by=cast.operator)
        assert caught.value.code == NOT_RETRYABLE.code
        if fresh(record).status == PacketStatus.PENDING:
            approve(record, cast)
            carry(record)
    assert len(filed_in(outbox)) == 1


def test_secret_in_a_failure_is_not_in_the_packets_message(
    cast: Cast, scripted: ScriptedTransport
) -> None:
    """What an exception of our own says stays in the log."""
    secret = "ghp_" + secrets.token_hex(18)
    record = approved_packet(cast)
    scripted.fail_next("preflight", RuntimeError(secret))

    carry(record)

    failed, attempt = fresh(record), Attempt.objects.get()
    assert failed.error_code in CATALOGUE
    assert secret not in failed.error_message + attempt.message + attempt.detail
