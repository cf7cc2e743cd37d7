"""Ways past the gate through the product's own doors: each is refused with its code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from access.services.authenticate_agent import authenticate_agent
from kernel.errors import CareError
from kernel.principals import Anonymous, SystemPrincipal
from phonehome.models import Review, Shipment
from phonehome.services.approve_packet import approve_packet
from phonehome.services.carry_shipment import ship_now
from phonehome.services.expire_reviews import expire_reviews
from phonehome.services.withdraw_packet import withdraw_packet
from phonehome.states import PacketStatus, ReviewSurface, ShipmentState
from phonehome.tasks import ship
from tests.cast import BY, Cast
from tests.phonehome.conftest import MovedClock, filed_in
from tests.phonehome.packets import (
    approve,
    approved_packet,
    fresh,
    revised,
    shipment_of,
    staged_packet,
)

pytestmark = pytest.mark.django_db
Leaves = Callable[[], None]
HOUR = 3600


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(CareError) as caught:
        attempt()
    return caught.value.code


def test_stale_digest(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    seen = record.current.packet_sha256
    record = revised(record, title="A better title")

    assert code_of(lambda: approve(record, cast, seen_digest=seen)) == "phone_home_packet_changed"
    nothing_leaves()


def test_digest_of_another_packet(cast: Cast, nothing_leaves: Leaves) -> None:
    record, other = staged_packet(cast), staged_packet(cast, title="Another one")
    digest = other.current.packet_sha256

    assert code_of(lambda: approve(record, cast, seen_digest=digest)) == "phone_home_packet_changed"
    nothing_leaves()


def test_after_the_deadline(cast: Cast, nothing_leaves: Leaves, moved_clock: MovedClock) -> None:
    record = staged_packet(cast)
    moved_clock.move(25 * HOUR)

    assert code_of(lambda: approve(record, cast)) == "phone_home_review_expired"
    nothing_leaves()
    assert fresh(record).status == PacketStatus.EXPIRED  # the sweep of nothing_leaves


def test_expired(cast: Cast, nothing_leaves: Leaves, moved_clock: MovedClock) -> None:
    record = staged_packet(cast)
    moved_clock.move(25 * HOUR)
    assert expire_reviews() == 1
    moved_clock.move(-25 * HOUR)

    assert code_of(lambda: approve(record, cast)) == "phone_home_not_in_review"
    nothing_leaves()


def test_approved_twice_ships_once(cast: Cast, outbox: Path) -> None:
    record = approved_packet(cast)

    assert code_of(lambda: approve(record, cast)) == "phone_home_not_in_review"
    assert ship_now(shipment_of(record).pk)
    assert code_of(lambda: approve(record, cast)) == "phone_home_not_in_review"
    assert not ship_now(shipment_of(record).pk)
    assert len(filed_in(outbox)) == Shipment.objects.count() == 1


def test_edit_after_approval(cast: Cast, nothing_leaves: Leaves) -> None:
    record = approved_packet(cast)
    shipment = shipment_of(record)
    record = revised(record, title="A better title")

    assert fresh(record).status == PacketStatus.PENDING
    assert ship_now(shipment.pk) is False
    ship(str(shipment.pk))
    nothing_leaves()


def test_withdrawn_after_approval(cast: Cast, nothing_leaves: Leaves) -> None:
    record = approved_packet(cast)
    withdraw_packet(record_id=record.pk, tenant_id=record.tenant_id, by=BY, reason="Known.")

    assert shipment_of(record).state == ShipmentState.CANCELLED
    assert ship_now(shipment_of(record).pk) is False
    assert code_of(lambda: approve(record, cast)) == "phone_home_not_in_review"
    nothing_leaves()


def test_before_the_undo_window_is_over(
    cast: Cast, nothing_leaves: Leaves, outbox: Path, settings: Any, moved_clock: MovedClock
) -> None:
    settings.PHONE_HOME_SHIP_DELAY_SECONDS = 60
    record = approved_packet(cast)
    nothing_leaves()

    moved_clock.move(61)
    assert ship_now(shipment_of(record).pk)
    assert len(filed_in(outbox)) == 1


@pytest.mark.parametrize("who", ["desk", "anyone", "agent"])
def test_decided_by_no_person(cast: Cast, nothing_leaves: Leaves, who: str) -> None:
    by: Any = {
        "desk": SystemPrincipal("desk", cast.home.tenant_id),
        "anyone": Anonymous(),
        "agent": authenticate_agent(cast.clara.token),
    }[who]
    record = staged_packet(cast)

    assert code_of(lambda: approve(record, cast, by=by)) in (
        "operator_required",
        "authentication_required",
    )
    nothing_leaves()


@pytest.mark.parametrize("lack", ["permission", "staff", "active"])
def test_operator_who_may_not(cast: Cast, nothing_leaves: Leaves, lack: str) -> None:
    user = cast.operator
    record = staged_packet(cast)
    if lack == "permission":
        user.is_superuser = False
        user.user_permissions.clear()
        user.groups.clear()
    if lack == "staff":
        user.is_staff = False
    if lack == "active":
        user.is_active = False
    user.save()
    by = type(user).objects.get(pk=user.pk)
    assert Permission.objects.filter(codename="review_packet").exists()

    assert code_of(lambda: approve(record, cast, by=by)) == "operator_required"
    nothing_leaves()


def test_kept_field_without_its_tick(cast: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast, body="Mail from somebody@corp-name.com was lost.")
    revision = record.current
    assert revision.retained_sensitive_fields

    def attempt() -> None:
        approve_packet(
            record_id=record.pk,
            seen_digest=revision.packet_sha256,
            by=cast.operator,
            surface=ReviewSurface.CLI,
            notes="ack-retained-sensitive",
        )

    assert code_of(attempt) == "phone_home_sensitive_retention_unapproved"
    nothing_leaves()


@pytest.mark.parametrize("what", ["approve", "review", "ship", "decision"])
def test_agent_finds_no_door(cast: Cast, nothing_leaves: Leaves, what: str) -> None:
    record = staged_packet(cast)
    body = {"approved": True, "packet_sha256": record.current.packet_sha256}

    answer = cast.clara.post(f"phone-home/records/{record.pk}/{what}", body)

    assert answer.status_code == 404
    nothing_leaves()


@pytest.mark.parametrize("field", ["status", "approved", "operator_review", "revision"])
def test_agent_cannot_write_the_state(cast: Cast, nothing_leaves: Leaves, field: str) -> None:
    record = staged_packet(cast)
    body = {
        "title": "Signals are lost",
        "body_markdown": "Signals are lost.",
        "redaction_report": {"status": "passed"},
        field: "approved",
    }
    etag = f'"{record.current.packet_sha256}"'

    answer = cast.clara.put(f"phone-home/records/{record.pk}", body, if_match=etag)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    nothing_leaves()


def test_agent_at_the_console(cast: Cast, nothing_leaves: Leaves) -> None:
    """Every address of the review console, with an agent's key and an operator's name."""
    record = staged_packet(cast)
    begin = reverse("phonehome_console:review_list")
    _, resolver = get_resolver().namespace_dict["phonehome_console"]
    names = [name for name in resolver.reverse_dict if isinstance(name, str)]
    assert "review" in names
    headers = {
        "HTTP_AUTHORIZATION": f"Bearer {cast.clara.token}",
        "HTTP_X_OPERATOR": "frank",
        "HTTP_REMOTE_USER": "frank",
    }
    form = {"decision": "approve", "packet_sha256": record.current.packet_sha256, "confirm": "on"}
    for name in names:
        for arguments in ([], [record.pk]):
            try:
                address = reverse(f"phonehome_console:{name}", args=arguments)
            except NoReverseMatch:
                continue
            assert address.startswith(begin)
            answer = Client().post(address, form, **headers)
            assert answer.status_code in (302, 401, 403, 404, 405)
            if answer.status_code == 302:
                assert "login" in answer["Location"]

    assert not Review.objects.exists()
    nothing_leaves()


@pytest.mark.parametrize("status", ["pending", "withdrawn", "expired"])
def test_verb_with_a_review_of_its_own_making(
    cast: Cast, nothing_leaves: Leaves, status: str, moved_clock: MovedClock
) -> None:
    record = staged_packet(cast)
    if status == "withdrawn":
        withdraw_packet(record_id=record.pk, tenant_id=record.tenant_id, by=BY, reason="Known.")
    if status == "expired":
        moved_clock.move(25 * HOUR)
        expire_reviews()
        moved_clock.move(-25 * HOUR)

    answer = cast.clara.post("phone-home", verb_call(record, "frank"))

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "phone_home_operator_review_required"
    nothing_leaves()


def verb_call(record: Any, approved_by: str) -> dict[str, Any]:
    revision = record.current
    return {
        "pid": record.incident.project.pid,
        "incident_id": record.incident.incident_id,
        "severity": revision.severity,
        "scope": revision.scope,
        "kind": revision.kind,
        "title": revision.title,
        "body_markdown": revision.body_markdown,
        "redaction_report": {"status": "passed"},
        "operator_review": {"approved": True, "approved_by": approved_by},
    }


@pytest.mark.parametrize("of", ["nothing", "packet", "review"])
def test_task_with_an_id_of_something_else(cast: Cast, nothing_leaves: Leaves, of: str) -> None:
    record = staged_packet(cast)

    ship(str({"nothing": uuid4(), "packet": record.pk, "review": cast.operator.pk}[of]))

    nothing_leaves()


def test_packet_of_another_tenant(cast: Cast, stranger: Cast, nothing_leaves: Leaves) -> None:
    record = staged_packet(cast)
    digest = f'"{record.current.packet_sha256}"'
    body = {"title": "x", "body_markdown": "x", "redaction_report": {"status": "passed"}}
    clara = stranger.clara

    assert clara.get(f"phone-home/records/{record.pk}").status_code == 404
    assert clara.put(f"phone-home/records/{record.pk}", body, if_match=digest).status_code == 404
    assert clara.post("phone-home", verb_call(record, "frank")).status_code == 404
    nothing_leaves()
