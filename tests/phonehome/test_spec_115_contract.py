"""SPEC-115's verb over HTTP: return shape, acceptance criteria, idempotency, cross-link."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.models import Signal
from incidents.models import JournalEntry, Postmortem
from kernel.canonical import sha256_hex
from kernel.ledger import LedgerEntry
from phonehome.models import PhoneHomeRecord
from phonehome.services import cross_link, phone_home
from phonehome.states import PacketStatus
from tests.cast import Cast
from tests.phonehome.conftest import filed_in
from tests.phonehome.packets import approved_packet, carry, fresh, staged_packet
from tests.phonehome.verb import RETURN_FIELDS, call_of, filed_packet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here, so that there is nothing to wait for."""
    monkeypatch.setattr(phone_home, "WAIT_SECONDS", 0.0)


def test_created_then_duplicate(cast: Cast, outbox: Path) -> None:
    record = filed_packet(cast)
    call = call_of(record)

    first, second = (cast.clara.post("phone-home", call) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    created, duplicate = first.json(), second.json()
    assert set(created) == set(duplicate) == RETURN_FIELDS
    assert (created["status"], duplicate["status"]) == ("created", "duplicate")
    assert {**created, "status": ""} == {**duplicate, "status": ""}
    assert created["error"] is None
    assert (created["repo"], created["transport"]) == ("FrankTewksbury/Prism", "folder")
    assert (created["issue_number"], created["issue_url"]) == (1, fresh(record).issue_url)
    assert len(filed_in(outbox)) == 1


def test_queued_while_the_worker_is_at_it(cast: Cast, outbox: Path) -> None:
    record = approved_packet(cast)

    answer = cast.clara.post("phone-home", call_of(record))

    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    assert answer.json()["record_url"] == f"/api/v1/phone-home/records/{record.pk}"
    assert filed_in(outbox) == []


def test_dry_run_renders_and_touches_nothing(cast: Cast, outbox: Path) -> None:
    record = staged_packet(cast)
    before = (PhoneHomeRecord.objects.values().get(), LedgerEntry.objects.count())
    call = call_of(record, dry_run=True, labels=["signals"])
    del call["operator_review"], call["redaction_report"]

    answer = cast.clara.post("phone-home", call)

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == RETURN_FIELDS | {"title", "body_markdown", "labels"}
    assert (body["status"], body["issue_url"], body["error"]) == ("dry_run", None, None)
    assert (body["title"], body["body_markdown"]) == (call["title"], call["body_markdown"])
    assert body["labels"] == [
        "phone-home",
        "customer-care",
        f"severity:{call['severity']}",
        "kind:incident",
        "scope:prism-product",
        "signals",
    ]
    assert (PhoneHomeRecord.objects.values().get(), LedgerEntry.objects.count()) == before
    assert not outbox.exists()


def test_scope_as_the_spec_spells_it(cast: Cast, outbox: Path) -> None:
    record = filed_packet(cast)

    answer = cast.clara.post("phone-home", call_of(record, scope="Prism-product"))

    assert answer.status_code == 201


def test_idempotency_key_is_the_stable_hash(cast: Cast, outbox: Path) -> None:
    record = filed_packet(cast)
    answer = cast.clara.post("phone-home", call_of(record)).json()

    again = cast.clara.post(
        "phone-home", call_of(record, idempotency_key=answer["idempotency_key"])
    )
    other = cast.clara.post("phone-home", call_of(record, idempotency_key="0" * 64))

    assert answer["idempotency_key"] == record.current.idempotency_key
    assert again.json()["status"] == "duplicate"
    assert other.json()["error"]["code"] == "phone_home_operator_review_required"


def test_success_is_cross_linked(cast: Cast, outbox: Path) -> None:
    """Incident, postmortem, journal, a signal to Clara, an answer to the reporter."""
    record = filed_packet(cast)
    record = fresh(record)
    url = record.issue_url

    assert record.incident.issue_url == Postmortem.objects.get().issue_url == url
    refs = JournalEntry.objects.get().refs
    assert (refs["issue_url"], refs["idempotency_key"]) == (url, record.current.idempotency_key)
    told = Signal.objects.get(to_identity="Clara", payload__event="issue_filed").payload
    assert (told["issue_url"], told["issue_number"]) == (url, 1)
    answer = Signal.objects.get(to_identity="Jade", payload__outcome="filed")
    assert answer.in_reply_to_id == record.incident.intake.signal_id
    assert (answer.payload["issue_number"], answer.payload["issue_url"]) == (1, url)


def test_crosslink_failed_names_the_issue_and_is_repaired(
    cast: Cast,
    outbox: Path,
    monkeypatch: pytest.MonkeyPatch,
    sweep: Callable[[], None],
) -> None:
    record = approved_packet(cast)
    with monkeypatch.context() as broken:
        broken.setattr(cross_link, "tell_reporter", lambda *a, **k: 1 / 0)
        carry(record)
        failed = cast.clara.post("phone-home", call_of(record))
    assert fresh(record).status == PacketStatus.CROSSLINK_FAILED
    assert JournalEntry.objects.count() == 0  # nothing half done

    sweep()
    repaired = cast.clara.post("phone-home", call_of(record))

    assert failed.status_code == 502
    assert failed.json()["error"]["code"] == "phone_home_crosslink_failed"
    assert failed.json()["status"] == "failed"
    assert failed.json()["issue_url"] == fresh(record).issue_url != ""
    assert failed.json()["issue_number"] == 1
    assert (repaired.status_code, repaired.json()["status"]) == (201, "created")
    assert JournalEntry.objects.count() == 1
    assert len(filed_in(outbox)) == 1


def test_what_is_sent_is_what_was_reviewed(cast: Cast, outbox: Path) -> None:
    record = filed_packet(cast)
    (path,) = filed_in(outbox)
    _, _, body = path.read_bytes().partition(b"\n---\n")

    assert body == record.current.body_markdown.encode()
    assert sha256_hex(body) == record.current.body_sha256
    assert list(outbox.rglob("*.tmp")) == []


@pytest.mark.parametrize("kept", ["to the microsecond", "a second off", "without a zone"])
def test_operator_review_is_compared_with_the_stored_decision(
    cast: Cast, outbox: Path, kept: str
) -> None:
    record = filed_packet(cast)
    review = record.reviews.get()
    moment = review.recorded_at + timedelta(seconds=kept == "a second off")
    text = moment.isoformat() if kept != "without a zone" else moment.isoformat()[:19]
    told: dict[str, Any] = {"approved": True, "approved_by": "frank", "approved_at": text}

    answer = cast.clara.post("phone-home", call_of(record, operator_review=told))

    assert answer.status_code == (201 if kept == "to the microsecond" else 409)
