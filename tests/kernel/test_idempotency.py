"""Idempotency-Key: the first answer again, and nothing done twice."""

import threading
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from bridge.models import Signal
from kernel import clock
from kernel.api import idempotency
from kernel.models import IdempotentAnswer
from tests.cast import Agent, Cast

BODY = {"to_identity": "Sage", "signal_type": "Question", "payload": {"b": 1, "a": "é"}}
KEY = {"idempotency-key": "k-1"}


def send(agent: Agent, body: Any = BODY, **headers: str) -> Any:
    return agent.post("signals", body, **(headers or KEY))


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_same_again_is_the_first_answer(self, cast: Cast) -> None:
        first, second = send(cast.jade), send(cast.jade)
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.json() == first.json()
        assert second["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        assert Signal.objects.filter(sender=cast.jade.persona).count() == 1

    def test_the_order_of_keys_and_white_space_are_the_same_body(self, cast: Cast) -> None:
        first = send(cast.jade)
        body = (
            b'{ "payload": {"a":"\\u00e9", "b":1},\n"signal_type":"Question","to_identity":"Sage"}'
        )
        again = cast.jade.request("POST", "signals", body, **KEY)
        assert again.json() == first.json()

    @pytest.mark.parametrize(
        "change", [{"payload": "other"}, {"category": "x"}, {"payload": {"b": 1.5, "a": "é"}}]
    )
    def test_another_body_is_refused(self, cast: Cast, change: dict[str, Any]) -> None:
        send(cast.jade)
        answer = send(cast.jade, {**BODY, **change})
        assert (answer.status_code, code(answer)) == (422, "idempotency_key_reused")
        assert Signal.objects.filter(sender=cast.jade.persona).count() == 1

    def test_another_path_is_another_request(self, cast: Cast) -> None:
        send(cast.jade)
        answer = cast.jade.post("signals/batch", {"signals": [BODY]}, **KEY)
        assert (answer.status_code, code(answer)) == (422, "idempotency_key_reused")

    def test_a_refusal_is_not_stored(self, cast: Cast) -> None:
        nobody = {**BODY, "to_identity": "Nobody"}
        assert send(cast.jade, nobody).status_code == 404
        assert not IdempotentAnswer.objects.exists()
        assert send(cast.jade).status_code == 201

    def test_keys_of_two_callers_never_meet(self, cast: Cast, stranger: Cast) -> None:
        answers = [send(one) for one in (cast.jade, cast.onyx, stranger.jade)]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["signal_id"] for answer in answers}) == 3

    def test_a_batch_is_replayed_as_a_whole(self, cast: Cast) -> None:
        body = {"signals": [BODY, {**BODY, "to_identity": "Nobody"}, {"payload": "x"}]}
        first = cast.jade.post("signals/batch", body, **KEY)
        second = cast.jade.post("signals/batch", body, **KEY)
        assert (first.status_code, second.status_code) == (207, 207)
        assert second.json() == first.json()
        assert Signal.objects.filter(sender=cast.jade.persona).count() == 1

    def test_a_failure_of_ours_stores_nothing(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("bridge.api.views.signal_body", lambda signal: 1 / 0)
            assert send(cast.jade).status_code == 500
        assert not Signal.objects.filter(sender=cast.jade.persona).exists()
        assert send(cast.jade).status_code == 201

    @pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "a\x7fb"])
    def test_a_key_that_is_none(self, cast: Cast, key: str) -> None:
        answer = send(cast.jade, **{"idempotency-key": key})
        assert (answer.status_code, code(answer)) == (400, "invalid_request")
        assert list(answer.json()["error"]["fields"]) == ["Idempotency-Key"]

    @pytest.mark.parametrize("key", ["x", "x" * 200, "key with spaces", "schlüssel"])
    def test_a_key_of_any_printable_text(self, cast: Cast, key: str) -> None:
        assert send(cast.jade, **{"idempotency-key": key}).status_code == 201

    def test_a_replay_says_which_revision_it_is_about(self, cast: Cast, settings: Any) -> None:
        from tests.flow.test_agents_mode import staged

        record = staged(cast, settings)
        url = f"phone-home/records/{record['record_id']}/withdraw"
        first = cast.clara.post(url, {"reason": "again"}, **KEY)
        second = cast.clara.post(url, {"reason": "again"}, **KEY)
        assert second["Idempotency-Replayed"] == "true"
        assert first["ETag"] == second["ETag"] == f'"{record["packet_sha256"]}"'

    def test_old_answers_are_forgotten(self, cast: Cast) -> None:
        send(cast.jade)
        assert idempotency.forget_old_answers() == 0
        old = clock.now() - timedelta(days=idempotency.KEEP_DAYS, minutes=1)
        IdempotentAnswer.objects.update(created_at=old)
        assert idempotency.forget_old_answers() == 1


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    @pytest.fixture(autouse=True)
    def _slow_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first request stops in its transaction until `release`."""
        self.inside, self.release = threading.Event(), threading.Event()
        from bridge.api import views

        original = views._send

        def slow(*args: Any) -> Signal:
            signal = original(*args)
            if not self.inside.is_set():
                self.inside.set()
                assert self.release.wait(20)
            return signal

        monkeypatch.setattr(views, "_send", slow)

    def first(self, agent: Agent) -> tuple[threading.Thread, list[Any]]:
        answers: list[Any] = []

        def run() -> None:
            try:
                answers.append(send(agent))
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        assert self.inside.wait(20)
        return thread, answers

    def test_the_second_is_told_to_come_back(self, cast: Cast) -> None:
        thread, answers = self.first(cast.jade)
        try:
            second = send(cast.jade)
            assert (second.status_code, code(second)) == (409, "idempotency_in_progress")
            assert second["Retry-After"] == "1"
        finally:
            self.release.set()
            thread.join(20)
        assert answers[0].status_code == 201
        third = send(cast.jade)
        assert third.json() == answers[0].json()
        assert Signal.objects.filter(sender=cast.jade.persona).count() == 1

    def test_over_processes_too(
        self, cast: Cast, on_postgresql: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another process knows nothing of our set of running keys: PostgreSQL's lock decides.
        SQLite has one web process by default, so there the set is all there is."""
        thread, _ = self.first(cast.jade)
        try:
            with monkeypatch.context() as other_process:
                if on_postgresql:
                    other_process.setattr(idempotency, "_only_one", lambda *key: nullcontext())
                second = send(cast.jade)
            assert code(second) == "idempotency_in_progress"
        finally:
            self.release.set()
            thread.join(20)

    def test_another_callers_key_does_not_wait(self, cast: Cast, on_postgresql: bool) -> None:
        thread, _ = self.first(cast.jade)
        if not on_postgresql:  # one writer: the second request waits for the first one's commit
            self.release.set()
        try:
            assert send(cast.onyx).status_code == 201
        finally:
            self.release.set()
            thread.join(20)
