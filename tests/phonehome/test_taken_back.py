"""A case whose triage is opened again lets go of what was prepared, unless that may have left."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from incidents.models import Incident, TimelineEntry
from kernel.duties import run_duties
from phonehome.models import PhoneHomeRecord
from phonehome.services.claim_shipment import claim_shipment
from phonehome.services.request_changes import request_changes
from phonehome.states import PacketStatus, ReviewSurface, ShipmentState
from tests.cast import Cast, make_cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packets import (
    approve,
    approved_packet,
    carry,
    content,
    fresh,
    shipment_of,
    staged_packet,
)
from tests.phonehome.scripted_transport import Fault, ScriptedTransport, needs_fix, unknown

pytestmark = pytest.mark.django_db


def retext(cast: Cast, record: PhoneHomeRecord) -> Any:
    path = f"incidents/{record.incident.incident_id}/text"
    return cast.clara.put(path, {"text": "prism_signal crashes on nothing at all"})


def waiting(cast: Cast, *_: Any) -> PhoneHomeRecord:
    return staged_packet(cast)


def to_be_changed(cast: Cast, *_: Any) -> PhoneHomeRecord:
    record = staged_packet(cast)
    return request_changes(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
        notes="shorter",
    )


def expired(cast: Cast, _: ScriptedTransport, moved_clock: MovedClock) -> PhoneHomeRecord:
    record = staged_packet(cast)
    moved_clock.move(400 * 3600)
    run_duties()
    return fresh(record)


def approved(cast: Cast, *_: Any) -> PhoneHomeRecord:
    return approved_packet(cast)


def failed(cast: Cast, scripted: ScriptedTransport, _: MovedClock) -> PhoneHomeRecord:
    record = approved_packet(cast)
    scripted.fail_next("preflight", needs_fix())
    carry(record)
    return fresh(record)


def claimed(cast: Cast, *_: Any) -> PhoneHomeRecord:
    record = approved_packet(cast)
    assert claim_shipment(shipment_of(record).pk) is not None
    return fresh(record)


def lost_sight_of(cast: Cast, scripted: ScriptedTransport, _: MovedClock) -> PhoneHomeRecord:
    record = approved_packet(cast)
    scripted.next_create(Fault(after=unknown()))
    carry(record)
    return fresh(record)


def filed(cast: Cast, *_: Any) -> PhoneHomeRecord:
    record = approved_packet(cast)
    carry(record)
    return fresh(record)


Make = Callable[[Cast, ScriptedTransport, MovedClock], PhoneHomeRecord]


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (waiting, PacketStatus.PENDING),
        (to_be_changed, PacketStatus.CHANGES_REQUESTED),
        (expired, PacketStatus.EXPIRED),
        (approved, PacketStatus.APPROVED),
        (failed, PacketStatus.SHIP_FAILED),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_has_not_left_is_taken_back(
    cast: Cast,
    scripted: ScriptedTransport,
    moved_clock: MovedClock,
    make: Make,
    status: PacketStatus,
) -> None:
    record = make(cast, scripted, moved_clock)
    assert record.status == status
    heard = len(cast.jade.inbox())

    answer = retext(cast, record)

    assert answer.status_code == 200, answer.content
    assert fresh(record).status == PacketStatus.WITHDRAWN
    assert not record.shipments.exclude(state=ShipmentState.CANCELLED).exists()
    assert Incident.objects.get().status == "triaging"
    told = [one["payload"].get("outcome") for one in cast.jade.inbox()[heard:]]
    assert told == ["triage_reopened"]  # once, not once more for the packet
    moved_clock.move(3600)
    run_duties()
    assert scripted.issues() == []
    assert TimelineEntry.objects.filter(event="packet_withdrawn").count() == 1


@pytest.mark.parametrize("make", [claimed, lost_sight_of])
def test_what_may_have_left_keeps_the_case_as_it_is(
    cast: Cast, scripted: ScriptedTransport, moved_clock: MovedClock, make: Make
) -> None:
    record = make(cast, scripted, moved_clock)
    before = [*Incident.objects.values(), *TimelineEntry.objects.values("uid")]
    incident_id = record.incident.incident_id

    for answer in (
        retext(cast, record),
        cast.clara.post(f"incidents/{incident_id}/triage/4/reopen", {"reason": "looked again"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "phone_home_packet_in_flight"
        assert answer.json()["error"]["details"] == {"record_id": str(record.pk)}

    assert fresh(record).status == record.status
    assert [*Incident.objects.values(), *TimelineEntry.objects.values("uid")] == before


def test_what_is_filed_stays_filed(cast: Cast, scripted: ScriptedTransport) -> None:
    record = filed(cast)
    assert record.status == PacketStatus.SHIPPED

    assert retext(cast, record).status_code == 200

    assert fresh(record).status == PacketStatus.SHIPPED
    incident = Incident.objects.get()
    assert (incident.status, incident.issue_url) == ("triaging", record.issue_url)


def test_a_new_packet_follows_the_new_triage(cast: Cast, scripted: ScriptedTransport) -> None:
    record = approved_packet(cast)
    incident_id = record.incident.incident_id
    retext(cast, record)
    packet = {
        "incident_id": incident_id,
        "title": content().title,
        "body_markdown": content().body_markdown,
        "redaction_report": {"status": "passed"},
    }
    early = cast.clara.post("phone-home/records", packet)
    assert early.json()["error"]["code"] == "phone_home_incident_not_triaged"
    for tier in (3, 4, 5):
        answer = cast.clara.put(f"incidents/{incident_id}/triage/{tier}", {})
        assert answer.status_code == 200, answer.content

    staged = cast.clara.post("phone-home/records", packet)

    assert staged.status_code == 201, staged.content
    again = PhoneHomeRecord.objects.get(pk=staged.json()["record_id"])
    carry(approve(again, cast))
    assert [issue["title"] for issue in scripted.issues()] == [content().title]


@pytest.mark.django_db(transaction=True)
def test_a_packet_in_somebodys_hands_is_not_waited_for() -> None:
    """An operator who approves holds the packet and wants the incident; who changes the text has
    the incident and wants the packet. One of them gives way at once."""
    if connection.vendor != "postgresql":
        return  # SQLite has one writer, who needs nobody to give way
    cast = make_cast()
    record = staged_packet(cast)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            PhoneHomeRecord.objects.select_for_update().get(pk=record.pk)
            held.set()
            done.wait(20)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        answer = retext(cast, record)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_busy")
    finally:
        done.set()
        holder.join(20)
    assert Incident.objects.get().status == "triaged"
    assert retext(cast, record).status_code == 200
