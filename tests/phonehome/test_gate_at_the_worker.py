"""What the worker checks for itself, should the database's guards be out of the way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.models import Signal
from phonehome.models import Attempt, PhoneHomeRecord
from phonehome.services import write_revision
from phonehome.services.carry_shipment import ship_now
from phonehome.services.retry_shipment import retry_shipment
from phonehome.states import PacketStatus, ShipmentState
from tests.cast import BY, Cast
from tests.phonehome.attacks import behind_the_triggers, sql
from tests.phonehome.conftest import MovedClock, filed_in
from tests.phonehome.packets import (
    approve,
    approved_packet,
    fresh,
    revised,
    shipment_of,
    staged_packet,
)
from tests.phonehome.scripted_transport import Fault, ScriptedTransport, unknown

pytestmark = pytest.mark.django_db
Leaves = Callable[[], None]

TAMPERED = {
    "title": "phonehome_packetrevision SET title = title || '!'",
    "body": "phonehome_packetrevision SET body_markdown = body_markdown || ' '",
    "labels": "phonehome_packetrevision SET labels = '[\"phone-home\"]'",
    "repository": "phonehome_packetrevision SET repo = 'other/repo'",
    "visibility": "phonehome_packetrevision SET repo_visibility = 'public'",
    "number": "phonehome_packetrevision SET number = 2",
    "digest": "phonehome_packetrevision SET packet_sha256 = 'x'",
    "review's digest": "phonehome_review SET packet_sha256 = 'x'",
    "review's revision": "phonehome_review SET revision = 2",
    "review's decision": "phonehome_review SET decision = 'rejected'",
    "incident": "incidents_incident SET incident_id = 'inc-2000-01-01-001'",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_one_changed_column(cast: Cast, nothing_leaves: Leaves, what: str) -> None:
    record = approved_packet(cast)
    with behind_the_triggers():
        assert sql(f"UPDATE {TAMPERED[what]}") == 1
    nothing_leaves()

    assert shipment_of(record).state == ShipmentState.CANCELLED
    assert not Attempt.objects.exists()


def test_packet_in_review_with_a_shipment(cast: Cast, nothing_leaves: Leaves) -> None:
    record = approved_packet(cast)
    with behind_the_triggers():
        sql("UPDATE phonehome_phonehomerecord SET status = 'pending_operator_review'")

    nothing_leaves()

    assert fresh(record).status == PacketStatus.PENDING


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "expired", "changes_requested"])
def test_ended_packet_with_a_live_shipment(cast: Cast, nothing_leaves: Leaves, status: str) -> None:
    record = approved_packet(cast)
    with behind_the_triggers():
        sql("UPDATE phonehome_phonehomerecord SET status = %s", status)

    nothing_leaves()

    assert fresh(record).status == status


def test_review_of_another_packet(cast: Cast, outbox: Path) -> None:
    record, other = approved_packet(cast), staged_packet(cast, title="Another one")
    with behind_the_triggers():
        sql("UPDATE phonehome_shipment SET record_id = %s", other.pk)
        sql(
            "UPDATE phonehome_phonehomerecord SET status = 'approved' WHERE id = %s",
            other.pk,
        )

    assert ship_now(shipment_of(other).pk) is False
    assert filed_in(outbox) == []
    assert fresh(record).status == PacketStatus.APPROVED


def test_rules_that_moved_on_void_an_approval(
    cast: Cast, nothing_leaves: Leaves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packet says so to Clara, and a new revision brings it back into review."""
    record = approved_packet(cast)
    monkeypatch.setattr(write_revision, "POLICY_VERSION", "2099-01-01")

    nothing_leaves()

    record = fresh(record)
    assert record.status == PacketStatus.SHIP_FAILED
    assert record.error_code == "phone_home_operator_review_required"
    told = Signal.objects.filter(to_identity="Clara", payload__event="shipment_refused")
    assert told.count() == 1
    record = approve(revised(record, title="A better title"), cast)
    assert ship_now(shipment_of(record).pk)


def test_rules_that_moved_on_while_the_outcome_is_unknown(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The issue may exist, so a new revision would be a second one: a person decides."""
    record = approved_packet(cast)
    scripted.next_create(Fault(before=unknown()))
    ship_now(shipment_of(record).pk)
    monkeypatch.setattr(write_revision, "POLICY_VERSION", "2099-01-01")
    moved_clock.move(60)

    assert ship_now(shipment_of(record).pk) is False

    record = PhoneHomeRecord.objects.get()
    assert record.status == PacketStatus.OUTCOME_UNKNOWN
    assert record.error_code == "phone_home_operator_review_required"
    assert shipment_of(record).state == ShipmentState.WAITING
    monkeypatch.undo()
    retry_shipment(record_id=record.pk, by=BY)
    assert scripted.issues() == []
