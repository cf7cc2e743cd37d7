"""What shipping adds to the case's stream: every try, each step once, in whatever weather."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.models import TimelineEntry
from kernel.duties import run_duties
from phonehome.models import PhoneHomeRecord
from phonehome.services import cross_link
from phonehome.states import PacketStatus
from tests.cast import Cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packets import (
    approved_packet,
    attempts_of,
    carry,
    carry_until_settled,
    carry_when_due,
    fresh,
)
from tests.phonehome.scripted_transport import Fault, ScriptedTransport, later, needs_fix, unknown

pytestmark = pytest.mark.django_db


def tries(record: PhoneHomeRecord) -> list[tuple[int, str, str, str]]:
    found = TimelineEntry.objects.filter(incident=record.incident, event="shipping_attempt")
    return [
        (one["number"], one["phase"], one["outcome"], one["code"])
        for one in found.order_by("id").values_list("detail", flat=True)
    ]


def count(record: PhoneHomeRecord, event: str) -> int:
    return TimelineEntry.objects.filter(incident=record.incident, event=event).count()


def test_a_try_that_failed_and_one_that_did_not(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    record = approved_packet(cast)
    scripted.fail_next("preflight", later())
    carry(record)
    carry_when_due(record, moved_clock)
    assert tries(record) == [
        (1, "claimed", "", ""),
        (1, "settled", "failed", "phone_home_transport_unavailable"),
        (2, "claimed", "", ""),
        (2, "creating", "", ""),
        (2, "settled", "created", ""),
    ]
    before = tries(record)
    run_duties()
    run_duties()
    assert tries(record) == before
    assert count(record, "issue_filed") == 1


def test_a_try_whose_outcome_was_looked_for_in_vain(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, settings: Any
) -> None:
    settings.PHONE_HOME_LOOK_SECONDS = 5
    record = approved_packet(cast)
    scripted.next_create(Fault(before=unknown()))
    record = carry_until_settled(record, moved_clock)
    assert record.status == PacketStatus.SHIPPED
    told = tries(record)
    assert told[:3] == [
        (1, "claimed", "", ""),
        (1, "creating", "", ""),
        (1, "settled", "unknown", "phone_home_outcome_unknown"),
    ]
    assert [one for one in told if one[2] == "absent"] == [
        (1, "settled", "absent", "phone_home_outcome_unknown")
    ]
    assert told[-1][1:] == ("settled", "created", "")
    assert len(told) == len(set(told))
    assert {one[0] for one in told} == set(range(1, len(attempts_of(record)) + 1))


def test_a_try_whose_worker_died(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, settings: Any
) -> None:
    record = approved_packet(cast)
    scripted.next("preflight", Fault(before=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        carry(record)
    moved_clock.move(settings.PHONE_HOME_LEASE_SECONDS + 1)
    carry(record)
    assert tries(record) == [
        (1, "claimed", "", ""),
        (1, "claimed", "lost", ""),
        (2, "claimed", "", ""),
        (2, "creating", "", ""),
        (2, "settled", "created", ""),
    ]


def test_a_failure_that_needs_a_person_is_told_once(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    record = approved_packet(cast)
    scripted.fail_next("preflight", needs_fix())
    carry(record)
    moved_clock.move(3600)
    run_duties()
    assert count(record, "shipment_failed") == 1
    assert tries(record)[-1] == (1, "settled", "failed", "phone_home_auth_required")


def test_a_cross_link_that_fails_again_and_again_is_told_once(
    cast: Cast, scripted: ScriptedTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell: Callable[..., Any] = cross_link.tell_reporter
    broken = True

    def tell_or_fail(*args: Any, **kwargs: Any) -> Any:
        if broken:
            raise RuntimeError("the cross-link broke")
        return tell(*args, **kwargs)

    monkeypatch.setattr(cross_link, "tell_reporter", tell_or_fail)
    record = approved_packet(cast)
    carry(record)
    run_duties()
    run_duties()
    assert fresh(record).status == PacketStatus.CROSSLINK_FAILED
    assert (count(record, "cross_link_failed"), count(record, "issue_filed")) == (1, 0)
    broken = False
    run_duties()
    run_duties()
    assert fresh(record).status == PacketStatus.SHIPPED
    assert (count(record, "cross_link_failed"), count(record, "issue_filed")) == (1, 1)
