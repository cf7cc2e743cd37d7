"""The audit row is part of the send (seed 000 §Audit): both or neither."""

from typing import Any

import pytest
from django.db import connection

from bridge.models import BridgeAudit, Signal
from incidents.models import Intake
from kernel.canonical import digest_of
from kernel.ledger import LedgerEntry
from tests.cast import Cast

pytestmark = pytest.mark.django_db

BODY = {"to_identity": "Sage", "signal_type": "Question", "category": "bug", "payload": {"n": 1.5}}


def refuse_audit_rows() -> None:
    """From now on the database refuses every audit row."""
    refuse = (
        "FOR EACH ROW EXECUTE FUNCTION prism_care_refuse('the disk is full')"
        if connection.vendor == "postgresql"
        else "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER audit_is_full BEFORE INSERT ON bridge_bridgeaudit {refuse}")


def test_a_crossing_signal_is_audited_with_both_ends(cast: Cast) -> None:
    signal = cast.jade.post("signals", BODY).json()
    row = BridgeAudit.objects.get(uid=signal["audit_id"])
    assert str(row.signal_id) == signal["signal_id"]
    assert (row.from_pid, row.from_identity) == ("PID-DPA01", "Jade")
    assert (row.to_pid, row.to_identity) == ("PID-PGR01", "Sage")
    assert (row.bridge_persona, row.direction) == ("Sage", "to_bridge")
    assert (row.signal_type, row.category) == ("Question", "bug")
    assert row.payload_sha256 == signal["payload_sha256"] == digest_of({"n": 1.5})
    assert row.tenant_id == cast.home.tenant_id
    assert row.routed_at == Signal.objects.get().created_at


def test_so_is_the_way_back(cast: Cast) -> None:
    asked = cast.jade.post("signals", BODY).json()
    body = {"in_reply_to": asked["signal_id"], "signal_type": "Answer", "payload": "done"}
    answer = cast.sage.post("signals", body).json()
    row = BridgeAudit.objects.get(uid=answer["audit_id"])
    assert (row.bridge_persona, row.direction) == ("Sage", "from_bridge")
    assert (row.from_pid, row.to_pid) == ("PID-PGR01", "PID-DPA01")


def test_within_a_project_nothing_is_audited(cast: Cast) -> None:
    body = {"to_identity": "Clara", "signal_type": "Notice", "payload": "x"}
    assert cast.sage.post("signals", body).json()["audit_id"] is None
    assert not BridgeAudit.objects.exists()


def test_a_payload_is_never_in_the_audit(cast: Cast) -> None:
    cast.jade.post("signals", {**BODY, "payload": "the customer's words"})
    row = BridgeAudit.objects.get()
    kept = str([getattr(row, field.attname) for field in row._meta.fields])
    assert "customer's words" not in kept


def test_without_the_audit_row_nothing_was_sent(cast: Cast) -> None:
    refuse_audit_rows()
    answer = cast.jade.post("signals", BODY)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "bridge_audit_unavailable"
    assert "disk" not in answer.content.decode()
    assert not Signal.objects.exists()
    assert not Intake.objects.exists()
    assert not BridgeAudit.objects.exists()
    assert LedgerEntry.objects.filter(action="refused.bridge_audit_unavailable").count() == 1


def test_a_batch_sends_what_needs_no_audit(cast: Cast) -> None:
    refuse_audit_rows()
    inside = {"to_identity": "Clara", "signal_type": "Notice", "payload": "x"}
    outside = {**inside, "to_identity": "Jade", "to_pid": "PID-DPA01"}
    answer = cast.sage.post("signals/batch", {"signals": [inside, outside, inside]})
    assert answer.status_code == 207
    codes = [one.get("error", {}).get("code") for one in answer.json()["results"]]
    assert codes == [None, "bridge_audit_unavailable", None]
    assert Signal.objects.count() == 2


def test_a_reply_that_was_not_sent_answers_nothing(cast: Cast) -> None:
    asked: Any = cast.jade.post("signals", BODY).json()
    refuse_audit_rows()
    body = {"in_reply_to": asked["signal_id"], "signal_type": "Answer", "payload": "x"}
    assert cast.sage.post("signals", body).status_code == 503
    assert Signal.objects.get().status == "sent"


def test_without_the_intake_row_nothing_was_sent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no intake")

    monkeypatch.setattr("incidents.intake.DeskIntake.take_in", broken)
    assert cast.jade.post("signals", BODY).status_code == 500
    assert not Signal.objects.exists()
    assert not BridgeAudit.objects.exists()


def test_what_was_said_never_changes(cast: Cast) -> None:
    from django.db import DatabaseError, transaction

    cast.jade.post("signals", BODY)
    for change in ({"payload": "other"}, {"to_identity": "Clara"}, {"from_pid": "PID-XYZ02"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Signal.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signal.objects.all()._raw_delete("default")
