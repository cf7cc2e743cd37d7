"""Tier 5 opens the postmortem and writes in it again only where it says something new."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from incidents.models import Incident, Postmortem
from tests.cast import Cast
from tests.incidents.documents import SEED_LINK, SEED_RECORD
from tests.incidents.lesson.cases import ACTION, SECTIONS, Case, code, ok

pytestmark = pytest.mark.django_db

PATH = "incidents/inc-2026-04-09-001"


def test_the_same_summary_again_leaves_what_people_wrote(case: Case) -> None:
    case.contained()
    ok(case.clara.put(f"{case.path}/postmortem", SECTIONS))
    ok(case.move("triaging", "again"))
    case.triage(first=4)
    body = ok(case.clara.get(f"{case.path}/postmortem"))
    assert (body["version"], body["summary"]) == (2, SECTIONS["summary"])


def test_a_new_summary_is_a_version_and_an_entry(case: Case) -> None:
    case.contained()
    ok(case.clara.put(f"{case.path}/postmortem", SECTIONS))
    ok(case.move("triaging", "again"))
    case.triage(first=4, tier_5={"postmortem_summary": "It came back."})
    ok(case.clara.post(f"{case.path}/triage/5/reopen", {"reason": "more is known"}))
    case.triage(first=5)
    body = ok(case.clara.get(f"{case.path}/postmortem"))
    assert (body["version"], body["summary"]) == (4, "A ticket was made twice.")
    entries = case.row.timeline.filter(event="postmortem_written")
    assert [one.detail["version"] for one in entries] == [2, 3, 4]


@pytest.fixture
def contained(cast: Cast, tmp_path: Path) -> Incident:
    """The seed's own example, contained, without its link document."""
    path = tmp_path / "record.yaml"
    path.write_text(SEED_RECORD)
    call_command("incident", "import", str(path))
    return Incident.objects.get()


def test_an_imported_case_gets_one_with_its_first_writing(cast: Cast, contained: Incident) -> None:
    assert code(cast.clara.get(f"{PATH}/postmortem")) == "postmortem_missing"
    body = ok(cast.clara.put(f"{PATH}/postmortem", SECTIONS))
    assert (body["version"], body["summary"]) == (1, SECTIONS["summary"])
    assert Postmortem.objects.get().postmortem_id.startswith("pm-")


def test_an_imported_case_closes_by_a_corrective_action(cast: Cast, contained: Incident) -> None:
    ok(cast.clara.post(f"{PATH}/postmortem/corrective-actions", ACTION), 201)
    for to in ("resolved", "closed"):
        ok(cast.clara.post(f"{PATH}/transitions", {"to": to, "reason": "seen to it"}))
    assert ok(cast.clara.get(f"{PATH}/postmortem"))["summary"] == ""


def test_an_operator_opens_it_on_the_page(cast: Cast, contained: Incident) -> None:
    client = Client()
    client.force_login(cast.operator)
    url = f"/console/incidents/{contained.pk}/lesson/"
    assert "The case came triaged" in client.get(url).content.decode()
    refused = client.post(url, {"action": "write", **SECTIONS, "impact": ""})
    assert refused.status_code == 400
    assert SECTIONS["summary"] in refused.content.decode()
    assert not Postmortem.objects.exists()
    assert client.post(url, {"action": "write", **SECTIONS}).status_code == 302
    assert SECTIONS["impact"] in client.get(url).content.decode()


def test_its_link_document_may_still_come(cast: Cast, contained: Incident, tmp_path: Path) -> None:
    path = tmp_path / "link.yaml"
    path.write_text(SEED_LINK)
    call_command("incident", "import", str(path))
    assert Postmortem.objects.get().postmortem_id == "pm-2026-04-09-001"
