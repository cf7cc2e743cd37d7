"""A mistake in the stream is put right by a later entry; the earlier one stays."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from incidents.models import Incident, TimelineEntry
from tests.cast import Agent, Cast
from tests.incidents.test_timeline import lines_of, open_case

pytestmark = pytest.mark.django_db


class TestCorrections:
    @pytest.fixture
    def case(self, cast: Cast, sweep: Callable[[], None]) -> Incident:
        return open_case(cast, sweep)

    def correct(self, agent: Agent, case: Incident, body: Any, **headers: str) -> Any:
        path = f"incidents/{case.incident_id}/timeline/corrections"
        return agent.post(path, body, **headers)

    def test_a_later_entry_names_the_earlier_one(self, cast: Cast, case: Incident) -> None:
        before = lines_of(cast.clara, case)
        body = {"entry": before[1]["uid"], "text": "It was seen a day earlier, by a person."}
        answer = self.correct(cast.clara, case, body, **{"idempotency-key": "c-1"})
        assert answer.status_code == 201, answer.content
        after = lines_of(cast.clara, case)
        assert after[:-1] == before
        assert after[-1] == answer.json()
        assert after[-1]["corrects"] == before[1]["uid"]
        assert after[-1]["detail"]["text"] == body["text"]
        assert after[-1]["kind"] == "correction"
        again = self.correct(cast.clara, case, body, **{"idempotency-key": "c-1"})
        assert again["Idempotency-Replayed"] == "true"
        assert lines_of(cast.clara, case) == after

    def test_a_correction_may_be_wrong_too(self, cast: Cast, case: Incident) -> None:
        entry = lines_of(cast.clara, case)[0]["uid"]
        first = self.correct(cast.clara, case, {"entry": entry, "text": "No."}).json()
        second = self.correct(cast.clara, case, {"entry": first["uid"], "text": "Yes."}).json()
        assert second["corrects"] == first["uid"]

    def test_it_does_not_move_the_case(self, cast: Cast, case: Incident) -> None:
        entry = lines_of(cast.clara, case)[0]["uid"]
        status = cast.jade.get(f"incidents/{case.incident_id}/status").json()
        self.correct(cast.clara, case, {"entry": entry, "text": "Jade wrote on Monday."})
        assert cast.jade.get(f"incidents/{case.incident_id}/status").json() == status

    def test_bad_ones_leave_no_trace(self, cast: Cast, case: Incident, stranger: Cast) -> None:
        entry = lines_of(cast.clara, case)[0]["uid"]
        before = TimelineEntry.objects.count()
        key = "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
        secret = f"the key was AKIA{key}"
        for body, field in (
            ({"entry": entry, "text": "  "}, "text"),
            ({"entry": entry, "text": "x" * 1001}, "text"),
            ({"entry": entry, "text": secret}, "text"),
            ({"entry": entry}, "text"),
            ({"entry": 5, "text": "x"}, "entry"),
            ({"entry": "0190b0c0-0000-7000-8000-000000000000", "text": "x"}, "entry"),
            ({"entry": entry, "text": "x", "at": "2020-01-01T00:00:00Z"}, "at"),
        ):
            answer = self.correct(cast.clara, case, body)
            assert answer.status_code == 400, answer.content
            assert list(answer.json()["error"]["fields"]) == [field]
            assert secret.split()[-1] not in answer.content.decode()
        answer = self.correct(stranger.clara, case, {"entry": entry, "text": "x"})
        assert answer.status_code == 404
        assert TimelineEntry.objects.count() == before

    def test_an_entry_of_another_case_is_none_of_this(
        self, cast: Cast, case: Incident, sweep: Callable[[], None]
    ) -> None:
        cast.onyx.report("prism_roster fails with ValueError: empty")
        sweep()
        other = Incident.objects.exclude(pk=case.pk).get()
        foreign = lines_of(cast.clara, other)[0]["uid"]
        answer = self.correct(cast.clara, case, {"entry": foreign, "text": "x"})
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["entry"])
