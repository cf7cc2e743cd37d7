"""A key's requests are counted per minute; headers say how many are left."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[float]:
    """Three requests a minute; the clock stands ten seconds before the next, moved by hand."""
    settings.API_RATE_LIMIT_PER_MINUTE = 3
    now = [6_000_050.0]
    monkeypatch.setattr("kernel.api.throttling.time", SimpleNamespace(time=lambda: now[0]))
    return now


def test_what_is_left_is_told(cast: Cast, clock: list[float]) -> None:
    for left in ("2", "1", "0"):
        answer = cast.jade.get("roster")
        assert answer.status_code == 200
        assert answer["RateLimit-Limit"] == "3"
        assert answer["RateLimit-Remaining"] == left
        assert answer["RateLimit-Reset"] == "10"


def test_refused_requests_count_and_tell_too(cast: Cast, clock: list[float]) -> None:
    answer = cast.jade.request("POST", "signals", b"{")
    assert (answer.status_code, answer["RateLimit-Remaining"]) == (400, "2")


def test_one_too_many_says_when_to_come_back(cast: Cast, clock: list[float]) -> None:
    for _ in range(3):
        cast.jade.get("roster")
    clock[0] += 4.5
    answer = cast.jade.get("roster")
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "rate_limited"
    assert answer["Retry-After"] == answer["RateLimit-Reset"] == "5"
    assert answer["RateLimit-Remaining"] == "0"


def test_nothing_is_done_for_one_too_many(cast: Cast, clock: list[float]) -> None:
    from bridge.models import Signal
    from kernel.ledger import LedgerEntry

    for _ in range(3):
        cast.jade.get("roster")
    facts = LedgerEntry.objects.count()
    body = {"to_identity": "Sage", "signal_type": "Question", "payload": "x"}
    assert cast.jade.post("signals", body).status_code == 429
    assert not Signal.objects.exists()
    assert LedgerEntry.objects.count() == facts  # a flood must not fill the ledger


def test_the_next_minute_starts_anew(cast: Cast, clock: list[float]) -> None:
    for _ in range(4):
        cast.jade.get("roster")
    clock[0] += int(cast.jade.get("roster")["Retry-After"])
    assert cast.jade.get("roster").status_code == 200


def test_keys_are_counted_apart(cast: Cast, clock: list[float]) -> None:
    for _ in range(4):
        cast.jade.get("roster")
    assert cast.onyx.get("roster").status_code == 200


def test_a_wrong_key_uses_up_nobodys_allowance(cast: Cast, clock: list[float]) -> None:
    forged = cast.jade.token[:-1] + ("0" if cast.jade.token[-1] != "0" else "1")
    for _ in range(5):
        assert cast.jade.get("roster", authorization=f"Bearer {forged}").status_code == 401
    assert cast.jade.get("roster")["RateLimit-Remaining"] == "2"
