"""Incident ids have no gaps, under threads and rollbacks, on both databases."""

import re
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections, transaction

from incidents.models import Incident
from incidents.numbering import next_number
from tests.cast import Cast


@pytest.mark.django_db
class TestOneByOne:
    def test_ids_name_the_day_and_count_up(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [datetime(2026, 4, 9, 23, 59, tzinfo=UTC)]
        monkeypatch.setattr("kernel.clock.now", lambda: now[0])
        tenant = cast.home.tenant_id
        assert next_number("inc", tenant) == "inc-2026-04-09-001"
        assert next_number("inc", tenant) == "inc-2026-04-09-002"
        assert next_number("pm", tenant) == "pm-2026-04-09-001"
        now[0] = datetime(2026, 4, 10, 0, 0, tzinfo=UTC)
        assert next_number("inc", tenant) == "inc-2026-04-10-001"

    def test_tenants_count_apart(self, cast: Cast, stranger: Cast) -> None:
        ids = [next_number("inc", one.home.tenant_id) for one in (cast, stranger)]
        assert ids[0] == ids[1]

    def test_a_rolled_back_number_is_given_again(self, cast: Cast) -> None:
        first = next_number("inc", cast.home.tenant_id)
        with transaction.atomic():
            lost = next_number("inc", cast.home.tenant_id)
            transaction.set_rollback(True)
        assert next_number("inc", cast.home.tenant_id) == lost != first

    def test_the_thousandth_of_a_day(self, cast: Cast) -> None:
        from incidents.models import DailyCounter

        next_number("inc", cast.home.tenant_id)
        DailyCounter.objects.update(last=999)
        assert next_number("inc", cast.home.tenant_id).endswith("-1000")


@pytest.mark.django_db(transaction=True)
def test_incidents_opened_at_once_have_no_gaps(cast: Cast, settings: Any) -> None:
    """Two threads of Sage's, and one incident in three refused after its number was drawn."""
    settings.DESK_MODE = "agents"
    reports = [cast.jade.report(f"crash in {part}")["intake_id"] for part in "abcdefghijkl"]
    start, failures = threading.Barrier(2), []

    def classify(intake_ids: list[str]) -> None:
        start.wait(20)
        try:
            for number, intake_id in enumerate(intake_ids):
                verdict = {"classification": "incident", "rationale": "x"}
                for _ in range(2 if number % 3 == 0 else 1):  # the second is refused
                    answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
                    if answer.status_code not in (200, 409):
                        failures.append(answer.content)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=classify, args=(half,)) for half in (reports[:6], reports[6:])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert failures == []
    ids = sorted(Incident.objects.values_list("incident_id", flat=True))
    assert [int(re.sub(r".*-", "", one)) for one in ids] == list(range(1, 13))


@pytest.mark.django_db(transaction=True)
def test_one_report_classified_at_once_opens_one_incident(cast: Cast, settings: Any) -> None:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report()["intake_id"]
    start, statuses = threading.Barrier(2), []

    def classify() -> None:
        start.wait(20)
        try:
            verdict = {"classification": "incident", "rationale": "x"}
            answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
            statuses.append(answer.status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=classify) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [200, 409]
    assert Incident.objects.count() == 1
