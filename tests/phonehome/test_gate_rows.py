"""Rows that the gate stands on: shipments are not forged, ledgers are not edited."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from kernel import clock
from phonehome.models import Attempt, PacketRevision, Review, Shipment
from phonehome.services.carry_shipment import ship_now
from phonehome.states import PacketStatus
from tests.cast import Cast
from tests.phonehome.attacks import refused, sql
from tests.phonehome.conftest import filed_in
from tests.phonehome.packets import approval_row, approved_packet, fresh, shipment_of, staged_packet

pytestmark = pytest.mark.django_db
Leaves = Callable[[], None]


def forged(record, review) -> Shipment:
    return Shipment(
        tenant_id=record.tenant_id, record=record, review=review, not_before=clock.now()
    )


def test_shipment_with_the_review_of_another_packet(cast: Cast, outbox: Path) -> None:
    record, other = staged_packet(cast), approved_packet(cast, title="Another one")

    with refused():
        forged(record, other.reviews.get()).save()
    with refused():
        sql("UPDATE phonehome_shipment SET record_id = %s", record.pk)

    ship_now(shipment_of(other).pk)
    assert [other.marker in path.read_text() for path in filed_in(outbox)] == [True]


def test_shipment_without_any_review(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)

    with refused():
        forged(record, Review(pk=987_654)).save()

    nothing_leaves()


def test_shipment_of_another_tenant(cast: Cast, stranger: Cast) -> None:
    record = approved_packet(cast)

    with refused():
        sql("UPDATE phonehome_shipment SET tenant_id = %s", stranger.home.tenant_id)

    assert shipment_of(record).tenant_id == record.tenant_id


def test_shipment_of_a_refusal(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    review = approval_row(record, cast, decision="rejected")
    review.save()

    with refused():
        forged(record, review).save()

    nothing_leaves()


def test_approval_row_alone_makes_no_shipment(cast: Cast, nothing_leaves: Leaves) -> None:
    """Written by hand, right in every column: the packet is still in review."""
    record = staged_packet(cast)
    review = approval_row(record, cast)
    review.save()

    with refused():
        forged(record, review).save()

    nothing_leaves()


def test_two_approvals_of_one_revision(cast: Cast) -> None:
    record = staged_packet(cast)
    approval_row(record, cast).save()

    with refused():
        approval_row(record, cast).save()


def test_two_shipments_of_one_packet(cast: Cast) -> None:
    record = approved_packet(cast)

    with refused():
        forged(record, record.reviews.get()).save()

    assert Shipment.objects.count() == 1


CHANGES = {
    "title": "Another title",
    "body_markdown": "Another body",
    "labels": '["other"]',
    "repo": "other/repo",
    "repo_visibility": "public",
    "packet_sha256": "0" * 64,
    "number": 7,
    "policy_version": "1999-01-01",
    "retained_sensitive_fields": "[]",
}


@pytest.mark.parametrize("column", CHANGES)
def test_revision_is_not_changed(cast: Cast, column: str) -> None:
    record = approved_packet(cast)
    before = PacketRevision.objects.values().get()

    with refused():
        sql(f"UPDATE phonehome_packetrevision SET {column} = %s", CHANGES[column])

    assert PacketRevision.objects.values().get() == before
    assert record.current.packet_sha256 == before["packet_sha256"]


@pytest.mark.parametrize(
    "table", ["packetrevision", "review", "phonehomerecord", "shipment", "attempt"]
)
def test_rows_are_never_deleted(cast: Cast, outbox: Path, table: str) -> None:
    ship_now(shipment_of(approved_packet(cast)).pk)

    with refused():
        sql(f"DELETE FROM phonehome_{table}")


def test_review_is_not_turned_round(cast: Cast, nothing_leaves: Leaves) -> None:
    approval_row(staged_packet(cast), cast, decision="rejected").save()

    with refused():
        sql("UPDATE phonehome_review SET decision = 'approved'")

    nothing_leaves()


@pytest.mark.parametrize("column", ["repo", "tenant_id", "incident_id", "id"])
def test_packet_stays_where_it_is(cast: Cast, column: str) -> None:
    approved_packet(cast)
    value = "other/repo" if column == "repo" else uuid4()

    with refused():
        sql(f"UPDATE phonehome_phonehomerecord SET {column} = %s", value)


def test_what_was_filed_is_not_sent_again(cast: Cast, outbox: Path) -> None:
    record = approved_packet(cast)
    shipment = shipment_of(record)
    ship_now(shipment.pk)

    for status in ("approved", "shipping", "ship_failed", "pending_operator_review"):
        with refused():
            sql("UPDATE phonehome_phonehomerecord SET status = %s", status)
    with refused():
        sql("UPDATE phonehome_shipment SET state = 'queued'")

    assert ship_now(shipment.pk) is False
    assert len(filed_in(outbox)) == 1


def test_that_it_may_have_left_is_not_forgotten(cast: Cast, outbox: Path) -> None:
    ship_now(shipment_of(approved_packet(cast)).pk)

    with refused():
        sql("UPDATE phonehome_attempt SET creating_at = NULL")
    with refused():
        Attempt.objects.update(creating_at=clock.now())


def test_replacing_a_row_is_an_insert(cast: Cast, nothing_leaves: Leaves) -> None:
    """SQLite's REPLACE deletes without a trigger; the gate looks at what comes in."""
    if connection.vendor == "postgresql":
        return  # it has no such statement
    record = staged_packet(cast)
    columns = [field.column for field in record._meta.fields]
    values = ", ".join("'approved'" if name == "status" else name for name in columns)

    with refused():
        sql(
            f"INSERT OR REPLACE INTO phonehome_phonehomerecord ({', '.join(columns)}) "
            f"SELECT {values} FROM phonehome_phonehomerecord"
        )

    assert fresh(record).status == PacketStatus.PENDING
    nothing_leaves()
