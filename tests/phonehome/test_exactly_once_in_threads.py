"""Two workers at one shipment, leases that end too early, clocks that disagree."""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connections

from kernel import clock
from phonehome.models import Attempt, PhoneHomeRecord
from phonehome.services import hold_lease
from phonehome.services.carry_shipment import ship_now
from phonehome.states import PacketStatus, ShipmentState
from tests.cast import Cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packets import (
    approved_packet,
    attempts_of,
    carry,
    carry_until_settled,
    carry_when_due,
    fresh,
    shipment_of,
)
from tests.phonehome.scripted_transport import ScriptedTransport
from tests.phonehome.transports.drafts import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = 60


@pytest.fixture
def second_worker(scripted: ScriptedTransport) -> Any:
    with ThreadPoolExecutor(4) as pool:
        yield pool
        scripted.let_go()  # a test that failed must not wait for its own worker


def in_a_thread(pool: ThreadPoolExecutor, record: PhoneHomeRecord) -> "Future[bool]":
    shipment = shipment_of(record).pk

    def work() -> bool:
        try:
            return ship_now(shipment)
        finally:
            connections.close_all()

    return pool.submit(work)


def test_two_workers_nudged_at_once(
    cast: Cast, scripted: ScriptedTransport, second_worker: ThreadPoolExecutor
) -> None:
    for number in range(1, 6):
        record = approved_packet(cast, title=f"Packet {number}")
        carried = [in_a_thread(second_worker, record) for _ in range(4)]

        assert sorted(one.result(30) for one in carried) == [False, False, False, True]
        assert len(scripted.issues()) == number
        assert fresh(record).status == PacketStatus.SHIPPED


@pytest.mark.parametrize("minutes", [6, 10, 60])
def test_lease_taken_while_the_create_runs(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    second_worker: ThreadPoolExecutor,
    minutes: int,
) -> None:
    """The clock is set forward, so another worker takes over from one that is alive."""
    record = approved_packet(cast)
    entered, go = scripted.hold_next_create()
    first = in_a_thread(second_worker, record)
    assert entered.wait(10)
    moved_clock.move(minutes * MINUTE)

    assert carry(record)
    taken_over = fresh(record)
    for _ in range(3):  # within the time that gh may take
        carry_when_due(record, moved_clock)
    assert scripted.calls.count("create") == 1
    go.set()
    assert first.result(30)

    assert taken_over.status == PacketStatus.OUTCOME_UNKNOWN
    record = carry_until_settled(record, moved_clock)
    assert record.status == PacketStatus.SHIPPED
    assert (attempts_of(record)[0], attempts_of(record)[-1]) == ("lost", "found")
    assert len(scripted.issues()) == 1


def test_lease_taken_before_the_create(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    second_worker: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first worker finds out before it sends anything."""
    record = approved_packet(cast)
    entered, go = threading.Event(), threading.Event()

    def slow_labels(repo: str, labels: tuple[str, ...]) -> None:
        if not entered.is_set():
            entered.set()
            assert go.wait(30)

    monkeypatch.setattr(scripted, "ensure_labels", slow_labels)
    first = in_a_thread(second_worker, record)
    assert entered.wait(10)
    moved_clock.move(6 * MINUTE)

    assert carry(record)
    go.set()
    assert first.result(30)

    assert scripted.calls.count("create") == 1
    assert attempts_of(record) == ["lost", "created"]


def test_clock_set_back_while_the_create_runs(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    second_worker: ThreadPoolExecutor,
) -> None:
    record = approved_packet(cast)
    entered, go = scripted.hold_next_create()
    first = in_a_thread(second_worker, record)
    assert entered.wait(10)
    moved_clock.move(-10 * MINUTE)

    assert not carry(record)
    go.set()

    assert first.result(30)
    assert fresh(record).status == PacketStatus.SHIPPED
    assert len(scripted.issues()) == 1


@pytest.mark.parametrize("minutes", [-10, -4, 4, 10])
def test_two_machines_whose_clocks_disagree(
    cast: Cast,
    scripted: ScriptedTransport,
    second_worker: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
) -> None:
    """The second machine's clock differs all the time; the first one is in its create."""
    real = clock.now
    other = MovedClock(real)
    other.move(minutes * MINUTE)
    here = threading.get_ident()
    monkeypatch.setattr(clock, "now", lambda: other() if threading.get_ident() == here else real())
    monkeypatch.setattr(
        socket, "gethostname", lambda: "two" if threading.get_ident() == here else "one"
    )
    record = approved_packet(cast)
    other.move(-60 * MINUTE)  # approved by the first machine's clock
    shipment = shipment_of(record)
    shipment.not_before = real()
    shipment.save()
    other.move(60 * MINUTE)
    entered, go = scripted.hold_next_create()
    first = in_a_thread(second_worker, record)
    assert entered.wait(10)

    carry(record)
    other.move(30)
    carry(record)

    assert scripted.calls.count("create") == 1
    go.set()
    assert first.result(30)
    record = carry_until_settled(record, other)
    assert record.status == PacketStatus.SHIPPED
    assert len(scripted.issues()) == 1


def test_lease_is_kept_through_a_long_create(
    cast: Cast,
    scripted: ScriptedTransport,
    second_worker: ThreadPoolExecutor,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Longer than the lease, and with a database that was busy once."""
    settings.PHONE_HOME_LEASE_SECONDS = 1
    record = approved_packet(cast)
    entered, go = scripted.hold_next_create()
    beats = []
    extend: Callable[[Any], None] = hold_lease.extend_lease

    def extend_but_once(claim: Any) -> None:
        beats.append(claim)
        if len(beats) == 1:
            raise OperationalError("database is locked")
        extend(claim)

    monkeypatch.setattr(hold_lease, "extend_lease", extend_but_once)
    first = in_a_thread(second_worker, record)
    assert entered.wait(10)
    began = shipment_of(record).lease_until
    assert began is not None

    wait_until(lambda: clock.now() > began, "the first lease has passed")

    assert len(beats) > 1
    assert not carry(record)
    go.set()
    assert first.result(30)
    assert attempts_of(record) == ["created"]
    assert shipment_of(record).state == ShipmentState.DONE


def test_worker_without_its_lease_settles_nothing(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    second_worker: ThreadPoolExecutor,
) -> None:
    record = approved_packet(cast)
    entered, go = scripted.hold_next_create()
    first = in_a_thread(second_worker, record)
    assert entered.wait(10)
    moved_clock.move(6 * MINUTE)
    carry(record)
    before = list(Attempt.objects.order_by("number").values())
    go.set()

    assert first.result(30)

    assert list(Attempt.objects.order_by("number").values()) == before
    assert fresh(record).status == PacketStatus.OUTCOME_UNKNOWN
    assert fresh(record).issue_url == ""
