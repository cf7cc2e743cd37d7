"""One packet, at most one issue, whatever the other side answers."""

from pathlib import Path
from typing import Any

import pytest

from phonehome.services.revise_packet import may_have_left
from phonehome.states import PacketStatus
from tests.cast import Cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packets import (
    approve,
    approved_packet,
    attempts_of,
    carry,
    carry_until_settled,
    carry_when_due,
    fresh,
    revised,
)
from tests.phonehome.scripted_transport import Fault, ScriptedTransport, later, unknown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _look_for_a_while(settings: Any) -> None:
    settings.PHONE_HOME_LOOK_SECONDS = 15


def test_created_and_known(cast: Cast, scripted: ScriptedTransport) -> None:
    record = approved_packet(cast)

    assert carry(record)
    assert not carry(record)

    assert scripted.calls == ["preflight", "labels", "create"]
    (issue,) = scripted.issues()
    revision = record.current
    assert issue["body"] == revision.body_markdown
    assert (issue["title"], issue["labels"]) == (revision.title, revision.labels)
    assert fresh(record).issue_url == issue["url"]


@pytest.mark.parametrize("error", [unknown(), RuntimeError("a fault of our own")])
def test_created_but_nobody_knows(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, error: Exception
) -> None:
    record = approved_packet(cast)
    scripted.next_create(Fault(after=error))

    carry(record)
    between = fresh(record)
    record = carry_when_due(record, moved_clock)

    assert between.status == PacketStatus.OUTCOME_UNKNOWN
    assert between.error_code == "phone_home_outcome_unknown"
    assert record.status == PacketStatus.SHIPPED
    assert attempts_of(record) == ["unknown", "found"]
    assert len(scripted.issues()) == 1


@pytest.mark.parametrize("error", [unknown(), RuntimeError("a fault of our own")])
def test_not_created_but_nobody_knows(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, error: Exception
) -> None:
    """Looked for over PHONE_HOME_LOOK_SECONDS, then sent again."""
    record = approved_packet(cast)
    scripted.next_create(Fault(before=error))
    began = moved_clock()

    record = carry_until_settled(record, moved_clock)

    assert record.status == PacketStatus.SHIPPED
    assert (moved_clock() - began).total_seconds() > 15
    assert scripted.calls.count("find") > 2
    assert attempts_of(record)[0] == "absent"
    assert len(scripted.issues()) == 1


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_shows_after_some_looks(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, looks: int
) -> None:
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown(), hidden=looks))

    record = carry_until_settled(record, moved_clock)

    assert attempts_of(record) == ["unknown", *["unknown"] * looks, "found"]
    assert len(scripted.issues()) == 1


def test_trouble_while_looking(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    """A look that fails proves nothing: the packet keeps its state and cannot be revised."""
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown()))
    carry(record)
    scripted.fail_next("find", *[later()] * 3)

    record = carry_when_due(record, moved_clock, times=3)

    assert (record.status, record.error_code) == (
        PacketStatus.OUTCOME_UNKNOWN,
        "phone_home_transport_unavailable",
    )
    assert may_have_left(record)
    assert carry_until_settled(record, moved_clock).status == PacketStatus.SHIPPED
    assert len(scripted.issues()) == 1


@pytest.mark.parametrize("change", ["renamed", "public", "unreachable for sending"])
def test_found_where_nothing_could_be_sent_any_more(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, change: str
) -> None:
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown()))
    carry(record)
    if change == "renamed":
        scripted.full_name = "FrankTewksbury/Prism-next"
    elif change == "public":
        scripted.visibility = "public"
    else:
        scripted.fail_next("preflight", later(), later())

    record = carry_when_due(record, moved_clock)

    assert record.status == PacketStatus.SHIPPED
    assert len(scripted.issues()) == 1


def test_absent_issue_that_shows_after_all(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    """Given up looking, then held up before the second create: the next try looks once more."""
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown(), hidden=1_000))
    carry(record)
    scripted.fail_next("labels", later())
    while attempts_of(record)[0] != "absent":
        record = carry_when_due(record, moved_clock)
    assert record.status == PacketStatus.SHIP_FAILED
    scripted.show()

    record = carry_when_due(record, moved_clock)

    assert record.status == PacketStatus.SHIPPED
    assert attempts_of(record)[-1] == "found"
    assert len(scripted.issues()) == 1


def test_absent_issue_of_an_earlier_revision(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    """The marker is the packet's, so a later revision finds the issue of an earlier one."""
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown(), hidden=1_000))
    carry(record)
    scripted.fail_next("labels", later())
    while attempts_of(record)[0] != "absent":
        record = carry_when_due(record, moved_clock)
    record = approve(revised(record, title="A better title"), cast)
    scripted.show()

    record = carry_when_due(record, moved_clock)

    assert record.status == PacketStatus.SHIPPED
    assert len(scripted.issues()) == 1


def test_another_packets_issue_is_not_ours(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock
) -> None:
    first, second = approved_packet(cast), approved_packet(cast, title="Another one")
    carry(first)
    scripted.next_create(Fault(before=unknown()))

    second = carry_until_settled(second, moved_clock)

    assert [fresh(first).issue_number, second.issue_number] == [1, 2]


def test_stays_with_the_transport_that_may_have_filed_it(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`auto` falls back to a folder when gh loses its login; this packet waits for GitHub."""
    asked = []

    def open_transport(name: str | None = None) -> ScriptedTransport:
        asked.append(name)
        return scripted

    monkeypatch.setattr("phonehome.services.carry_shipment.open_transport", open_transport)
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown()))

    carry_until_settled(record, moved_clock)

    assert asked == ["folder", "scripted"]


def test_ships_the_way_the_operator_was_shown(
    cast: Cast, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Approved for GitHub; when the login is lost before it leaves, it does not go to a folder."""
    monkeypatch.setattr("phonehome.services.approve_packet.transport_name", lambda: "gh_cli")
    monkeypatch.setenv("PATH", "/nowhere")
    record = approved_packet(cast)

    carry(record)

    assert not list(outbox.glob("*/issues/*.md"))
    assert fresh(record).status == PacketStatus.SHIP_FAILED
    assert fresh(record).error_code == "phone_home_transport_unavailable"
