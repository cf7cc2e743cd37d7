"""Ways past the gate with a shell, the ORM or raw SQL: the database refuses each of them."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from phonehome.models import PhoneHomeRecord, Shipment
from phonehome.services.reject_packet import reject_packet
from phonehome.services.request_changes import request_changes
from phonehome.services.withdraw_packet import withdraw_packet
from phonehome.states import NEEDS_APPROVAL, PacketStatus, ReviewSurface
from tests.cast import BY, Cast
from tests.phonehome.attacks import refused, sql
from tests.phonehome.packets import (
    approval_row,
    approve,
    approved_packet,
    revised,
    shipment_of,
    staged_packet,
)

pytestmark = pytest.mark.django_db
Leaves = Callable[[], None]
TABLE = "phonehome_phonehomerecord"


def withdrawn(record: PhoneHomeRecord) -> PhoneHomeRecord:
    return withdraw_packet(record_id=record.pk, tenant_id=record.tenant_id, by=BY, reason="No.")


def rejected(record: PhoneHomeRecord, cast: Cast) -> PhoneHomeRecord:
    return reject_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.CLI,
        reason_code="not_product",
    )


@pytest.mark.parametrize("status", NEEDS_APPROVAL)
def test_queryset_update(cast: Cast, nothing_leaves: Leaves, status: str) -> None:
    record = staged_packet(cast)

    with refused():
        PhoneHomeRecord.objects.filter(pk=record.pk).update(status=status, issue_number=1)

    nothing_leaves()


def test_transition_without_a_review(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    record.approve()

    with refused():
        record.save()

    nothing_leaves()


def test_bulk_update(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    record.approve()

    with refused():
        PhoneHomeRecord.objects.bulk_update([record], ["status"])

    nothing_leaves()


def test_raw_update(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)

    with refused():
        sql(f"UPDATE {TABLE} SET status = 'approved' WHERE id = %s", record.pk)

    nothing_leaves()


def test_raw_insert_of_an_approved_packet(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    columns = [field.column for field in PhoneHomeRecord._meta.fields]
    others = [column for column in columns if column not in ("id", "repo", "status")]
    names = ", ".join(others)

    with refused():
        sql(
            f"INSERT INTO {TABLE} (id, repo, status, {names}) "
            f"SELECT %s, 'o/other', 'approved', {names} FROM {TABLE}",
            uuid4(),
        )

    assert PhoneHomeRecord.objects.get() == record
    nothing_leaves()


@pytest.mark.parametrize("fault", ["digest", "revision", "tenant", "packet", "staff", "gone"])
def test_approval_that_does_not_fit(cast: Cast, nothing_leaves: Leaves, fault: str) -> None:
    record, other = staged_packet(cast), staged_packet(cast, title="Another one")
    changes = {
        "digest": {"packet_sha256": other.current.packet_sha256},
        "revision": {"revision": 2},
        "tenant": {"tenant_id": uuid4()},
        "packet": {"record": other},
        "staff": {},
        "gone": {},
    }[fault]
    if fault == "staff":
        cast.operator.is_staff = False
        cast.operator.save()
    if fault == "gone":
        cast.operator.is_active = False
        cast.operator.save()

    with refused():
        approval_row(record, cast, **changes).save()

    nothing_leaves()


def test_approval_of_an_earlier_revision(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    first = approval_row(record, cast)
    revised(record, title="A better title")

    with refused():
        first.save()

    nothing_leaves()


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "changes_requested", "expired"])
def test_approval_of_a_packet_that_is_not_in_review(
    cast: Cast, nothing_leaves: Leaves, end: str
) -> None:
    record = staged_packet(cast)
    if end == "rejected":
        record = rejected(record, cast)
    elif end == "withdrawn":
        record = withdrawn(record)
    elif end == "changes_requested":
        digest = record.current.packet_sha256
        record = request_changes(
            record_id=record.pk,
            seen_digest=digest,
            by=cast.operator,
            surface=ReviewSurface.CLI,
            notes="Shorter.",
        )
    else:
        record.expire()
        record.save()

    with refused():
        approval_row(record, cast).save()
    with refused():
        sql(f"UPDATE {TABLE} SET status = 'approved' WHERE id = %s", record.pk)

    nothing_leaves()


def test_back_to_the_revision_that_was_approved(cast: Cast, nothing_leaves: Leaves) -> None:
    record = revised(approved_packet(cast), title="A better title")

    with refused():
        sql(f"UPDATE {TABLE} SET status = 'approved', revision = 1 WHERE id = %s", record.pk)
    with refused():
        sql(f"UPDATE {TABLE} SET revision = 1 WHERE id = %s", record.pk)

    nothing_leaves()


@pytest.mark.parametrize("status", NEEDS_APPROVAL)
def test_withdrawn_after_its_approval(cast: Cast, nothing_leaves: Leaves, status: str) -> None:
    record = withdrawn(approved_packet(cast))

    with refused():
        sql(f"UPDATE {TABLE} SET status = %s, issue_number = 1 WHERE id = %s", status, record.pk)
    with refused():
        sql("UPDATE phonehome_shipment SET state = 'queued'")

    nothing_leaves()


def test_rejected_revision_after_an_approved_one(cast: Cast, nothing_leaves: Leaves) -> None:
    record = rejected(revised(approved_packet(cast), title="A better title"), cast)

    with refused():
        sql(f"UPDATE {TABLE} SET status = 'approved' WHERE id = %s", record.pk)

    nothing_leaves()


def test_approval_is_not_moved_on_to_the_next_revision(cast: Cast, nothing_leaves: Leaves) -> None:
    record = revised(approved_packet(cast), title="A better title")

    with refused():
        sql("UPDATE phonehome_review SET revision = 2, packet_sha256 = 'x'")
    with refused():
        sql(f"UPDATE {TABLE} SET status = 'approved' WHERE id = %s", record.pk)

    nothing_leaves()


def test_current_packet_is_approved_again(cast: Cast) -> None:
    """The refusals above are not blanket ones: the right way passes."""
    record = approve(revised(approved_packet(cast), title="A better title"), cast)

    assert record.status == PacketStatus.APPROVED
    assert Shipment.objects.filter(state="queued").get() == shipment_of(record)
