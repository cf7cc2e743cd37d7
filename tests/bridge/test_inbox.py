"""Inboxes: filters, reading, and waiting for something to arrive."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from bridge import selectors
from tests.cast import Cast


@pytest.mark.django_db
class TestReading:
    def test_reading_is_noted_once(self, cast: Cast) -> None:
        signal_id = cast.jade.report()["signal_id"]
        first = cast.sage.post(f"signals/{signal_id}/read").json()
        assert first["status"] == "read"
        assert cast.sage.post(f"signals/{signal_id}/read").json() == first
        assert cast.jade.get(f"signals/{signal_id}").json()["read_at"] == first["read_at"]

    def test_only_the_addressee_reads(self, cast: Cast) -> None:
        signal_id = cast.jade.report()["signal_id"]
        assert cast.jade.post(f"signals/{signal_id}/read").status_code == 403
        assert cast.onyx.post(f"signals/{signal_id}/read").status_code == 404
        assert cast.clara.post(f"signals/{signal_id}/read").status_code == 404

    def test_an_answered_signal_stays_answered(self, cast: Cast) -> None:
        signal_id = cast.jade.report()["signal_id"]
        body = {"in_reply_to": signal_id, "signal_type": "Answer", "payload": "x"}
        cast.sage.post("signals", body)
        assert cast.sage.post(f"signals/{signal_id}/read").json()["status"] == "answered"

    def test_filters(self, cast: Cast) -> None:
        one, two = (cast.jade.report(f"report {n}") for n in (1, 2))
        cast.sage.post(f"signals/{one['signal_id']}/read")
        ids = [s["signal_id"] for s in cast.sage.inbox(status="read")]
        assert ids == [one["signal_id"]]
        ids = [s["signal_id"] for s in cast.sage.inbox(thread=two["thread_id"])]
        assert ids == [two["signal_id"]]
        assert cast.sage.inbox(box="sent") == []

    @pytest.mark.parametrize(
        "query",
        [
            "box=outbox",
            "box=",
            "status=lost",
            "status=SENT",
            "thread=1",
            "thread=",
            "thread=urn:uuid:01890000-0000-7000-8000-000000000000",
            "wait=31",
            "wait=-1",
            "wait=1.5",
            "wait=",
            "wait=00305555",
            "wait=٣",
            "wait=" + "9" * 5000,
            "pid=PID-DPA01",
        ],
    )
    def test_a_wrong_parameter_is_named(self, cast: Cast, query: str) -> None:
        answer = cast.jade.get(f"signals?{query}")
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == [query.split("=")[0]]


class Waiting:
    """A request that waits, in a thread of its own."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.answer: Any = None
        self.seconds = 0.0
        self._call = call
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self.answer = self._call()
        finally:
            self.seconds = time.monotonic() - started
            connections.close_all()

    def result(self) -> list[Any]:
        self._thread.join(35)
        assert not self._thread.is_alive()
        assert self.answer.status_code == 200
        return list(self.answer.json()["results"])


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when a waiting request has looked in vain and is about to sleep."""
    event = threading.Event()
    sleep = time.sleep

    def sleeping(seconds: float) -> None:
        event.set()
        sleep(seconds)

    monkeypatch.setattr(selectors.time, "sleep", sleeping)
    return event


@pytest.mark.django_db(transaction=True)
class TestWaiting:
    def test_it_ends_when_something_arrives(self, cast: Cast, looked: threading.Event) -> None:
        waiting = Waiting(lambda: cast.sage.get("signals?wait=30"))
        assert looked.wait(20)
        sent = cast.jade.report()
        assert [one["signal_id"] for one in waiting.result()] == [sent["signal_id"]]
        assert waiting.seconds < 25

    def test_with_a_status_only_that_status_ends_it(
        self, cast: Cast, looked: threading.Event
    ) -> None:
        old = cast.jade.report("old")
        cast.sage.post(f"signals/{old['signal_id']}/read")
        waiting = Waiting(lambda: cast.sage.get("signals?status=sent&wait=30"))
        assert looked.wait(20)
        new = cast.jade.report("new")
        assert [one["signal_id"] for one in waiting.result()] == [new["signal_id"]]

    def test_with_a_thread_only_that_thread_ends_it(
        self, cast: Cast, looked: threading.Event
    ) -> None:
        asked = cast.jade.report()
        other = {"to_identity": "Jade", "to_pid": "PID-DPA01"}
        answer = {"signal_type": "Notice", "payload": "x"}
        cast.sage.post("signals", {**other, **answer})
        waiting = Waiting(lambda: cast.jade.get(f"signals?thread={asked['thread_id']}&wait=30"))
        assert looked.wait(20)
        reply = cast.sage.post("signals", {"in_reply_to": asked["signal_id"], **answer}).json()
        assert [one["signal_id"] for one in waiting.result()] == [reply["signal_id"]]

    def test_it_ends_empty_when_the_time_is_over(self, cast: Cast) -> None:
        waiting = Waiting(lambda: cast.jade.get("signals?wait=1"))
        assert waiting.result() == []
        assert waiting.seconds >= 1

    def test_one_too_many_is_answered_at_once(
        self, cast: Cast, looked: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selectors, "_waiters", threading.BoundedSemaphore(1))
        waiting = Waiting(lambda: cast.sage.get("signals?wait=30"))
        assert looked.wait(20)
        started = time.monotonic()
        assert cast.jade.inbox(wait="30") == []
        assert time.monotonic() - started < 25
        cast.jade.report()
        assert len(waiting.result()) == 1
        free = selectors._waiters.acquire(blocking=False)
        assert free, "the place of who has waited is free again"


@pytest.mark.django_db
def test_what_is_there_or_sent_is_not_waited_for(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(seconds: float) -> None:
        raise AssertionError("it waited")

    monkeypatch.setattr(selectors.time, "sleep", never)
    cast.jade.report()
    assert len(cast.sage.inbox(wait="30")) == 1
    assert cast.sage.inbox(box="sent", wait="30") == []
    assert cast.jade.inbox(wait="0") == []
    assert cast.jade.request("HEAD", "signals?box=sent").status_code == 200
