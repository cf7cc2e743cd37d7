"""Every answer carries a correlation id, and so does every trace of the request."""

import re

import pytest
from django.test import Client

from bridge.models import BridgeAudit
from kernel.ledger import LedgerEntry
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

OURS = re.compile(r"req_[0-9A-Z]{16}")


@pytest.mark.parametrize("sane", ["abcd", "req_1", "a.b-c:d_e", "4f1c" * 16])
def test_a_sane_id_is_kept(client: Client, sane: str) -> None:
    assert client.get("/healthz", headers={"X-Correlation-ID": sane})["X-Correlation-ID"] == sane


@pytest.mark.parametrize(
    "insane",
    [
        "",
        "abc",
        "x" * 65,
        "a b c d",
        "-abc",
        "a\x1b[31mred",
        "<script>",
        "abcd\n",
        "é" * 8,
        "a,b,c",
    ],
)
def test_another_is_replaced(client: Client, insane: str) -> None:
    answer = client.get("/healthz", headers={"X-Correlation-ID": insane})
    assert OURS.fullmatch(answer["X-Correlation-ID"])


def test_each_request_has_its_own(client: Client) -> None:
    ids = {client.get("/healthz")["X-Correlation-ID"] for _ in range(3)}
    assert len(ids) == 3


def test_it_is_on_every_kind_of_answer(cast: Cast, client: Client) -> None:
    answers = [
        client.get("/api/v1/nowhere"),
        client.get("/api/v1/signals"),
        client.get("/nowhere"),
        client.get("/metrics"),
        cast.jade.get("signals"),
        cast.jade.request("DELETE", "signals"),
        cast.jade.request("POST", "signals", b"{"),
    ]
    assert all(OURS.fullmatch(answer["X-Correlation-ID"]) for answer in answers)


def test_the_body_of_an_error_and_the_ledgers_name_it(cast: Cast) -> None:
    known = {"x-correlation-id": "trace-0001"}
    refused = cast.jade.get("signals/01890000-0000-7000-8000-000000000000", **known)
    assert refused.json()["error"]["correlation_id"] == "trace-0001"
    entry = LedgerEntry.objects.get(action="refused.not_found")
    assert entry.correlation_id == "trace-0001"
    assert entry.actor_label == "Jade@PID-DPA01"
    body = {"to_identity": "Sage", "signal_type": "Question", "payload": "x"}
    sent = cast.jade.post("signals", body, **known).json()
    assert str(BridgeAudit.objects.get().uid) == sent["audit_id"]
    assert BridgeAudit.objects.get().correlation_id == "trace-0001"
