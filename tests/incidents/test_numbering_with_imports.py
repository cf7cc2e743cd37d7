"""Ids of a day keep their row while files come in, some of them refused, and cases open at once."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from incidents.documents.emit import as_yaml
from incidents.models import DailyCounter, Incident, TimelineEntry
from incidents.numbering import Numbered, next_number
from incidents.services.import_documents import import_documents
from kernel import clock
from kernel.errors import CareError
from tests.cast import BY, Cast
from tests.incidents.documents import SEED_RECORD, record, rows_of_incidents

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")


def together(*works: Callable[[], None]) -> list[BaseException]:
    """Run all at once; what they raised."""
    start, raised = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        start.wait(20)
        try:
            work()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(110)
    return raised


def numbers(day: str) -> list[int]:
    found = Incident.objects.filter(incident_id__startswith=f"inc-{day}-")
    return sorted(int(re.sub(r".*-", "", one.incident_id)) for one in found)


def take(cast: Cast, text: str) -> None:
    import_documents(data=text.encode(), tenant_id=cast.home.tenant_id, by=BY)


@pytest.mark.django_db(transaction=True)
def test_cases_open_while_files_are_taken_and_refused(cast: Cast, settings: Any) -> None:
    settings.DESK_MODE = "agents"
    reports = [cast.jade.report(f"{word} crashes")["intake_id"] for word in WORDS]
    today = clock.now().date().isoformat()
    refused: list[str] = []

    def classify(intake_ids: list[str]) -> None:
        verdict = {"classification": "incident", "rationale": "x"}
        for intake_id in intake_ids:
            answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
            assert answer.status_code == 200, answer.content

    def import_files() -> None:
        for number in range(1, 5):
            take(cast, as_yaml(record(incident_id=f"inc-2026-03-01-{number:03d}")))
            bad = record(incident_id=f"inc-{today}-{number + 3:03d}")
            try:
                take(cast, as_yaml(bad))
            except CareError as error:
                refused.append(error.code)

    raised = together(lambda: classify(reports[:4]), lambda: classify(reports[4:]), import_files)
    assert raised == []
    assert numbers(today) == list(range(1, 9))
    assert numbers("2026-03-01") == [1, 2, 3, 4]
    assert set(refused) <= {"incident_document_invalid", "incident_record_conflict"}
    assert len(refused) == 4


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_taken_once(cast: Cast) -> None:
    assert together(*[lambda: take(cast, SEED_RECORD)] * 2) == []
    assert Incident.objects.count() == 1
    assert TimelineEntry.objects.filter(event="imported").count() == 1
    assert DailyCounter.objects.get(series="inc").last == 1


@pytest.mark.django_db(transaction=True)
def test_two_contents_of_one_id_at_once_leave_one(cast: Cast) -> None:
    other = as_yaml(record(owner="somebody-else"))
    raised = together(lambda: take(cast, SEED_RECORD), lambda: take(cast, other))
    assert [getattr(error, "code", error) for error in raised] == ["incident_record_conflict"]
    assert Incident.objects.count() == 1


@pytest.mark.django_db
def test_a_file_that_fails_late_gives_its_numbers_back(cast: Cast) -> None:
    before = rows_of_incidents()
    with transaction.atomic():
        take(cast, SEED_RECORD)
        transaction.set_rollback(True)
    assert rows_of_incidents() == before
    first = next_number("inc", cast.home.tenant_id)
    with transaction.atomic():
        next_number("inc", cast.home.tenant_id)
        transaction.set_rollback(True)
    take(cast, SEED_RECORD)
    second = Numbered.read(next_number("inc", cast.home.tenant_id))
    assert second.number == Numbered.read(first).number + 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "text",
    [
        "",
        "inc-2026-04-09",
        "inc-2026-04-09-1",
        "inc-2026-04-09-000",
        "inc-2026-04-09-0001",
        "inc-2026-02-30-001",
        "inc-2026-13-01-001",
        "INC-2026-04-09-001",
        "inc-2026-04-09-001\n",
        "inc-2026-04-09-1000000",
        "inc-２０２６-04-09-001",
    ],
)
def test_what_we_never_wrote_is_no_id(text: str) -> None:
    with pytest.raises(ValueError):
        Numbered.read(text)
    assert str(Numbered.read("inc-2026-04-09-1000")) == "inc-2026-04-09-1000"
