"""What no document may say of a case, and how soon a file full of faults is given up."""

import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from incidents.documents.read import MAX_PROBLEMS, read_documents
from incidents.models import Incident, Waiver
from incidents.services.import_documents import Taken, import_documents
from incidents.standing import waiver_in_force
from kernel.errors import CareError
from tests.cast import PASSWORD, Cast
from tests.incidents.documents import FORMS, link, record, rows_of_incidents
from tests.incidents.lesson.cases import ok

pytestmark = pytest.mark.django_db


def take(cast: Cast, *documents: dict[str, Any], **more: Any) -> Taken:
    data = "---\n".join(FORMS["yaml"](one) for one in documents).encode()
    tenant_id = cast.home.tenant_id
    return import_documents(data=data, tenant_id=tenant_id, by=cast.operator, **more)


def refused(cast: Cast, *documents: dict[str, Any]) -> list[str]:
    """The fields that are wrong; nothing is taken."""
    before = rows_of_incidents()
    with pytest.raises(CareError) as refusal:
        take(cast, *documents)
    assert refusal.value.code == "incident_document_invalid"
    assert rows_of_incidents() == before
    return [one["field"] for one in refusal.value.details["problems"]]


@pytest.mark.parametrize("status", ["triaged", "contained", "resolved", "closed"])
def test_a_case_past_its_triage_has_a_severity(cast: Cast, status: str) -> None:
    documents = [record(status=status, severity=None)]
    documents += [link()] if status == "closed" else []
    assert refused(cast, *documents) == ["severity"]


def test_a_link_closes_by_its_actions(cast: Cast) -> None:
    empty = link(status="closed", corrective_actions=[])
    assert refused(cast, record(), empty) == ["status"]


def test_a_file_full_of_faults_is_given_up_early() -> None:
    data = b"--- {kind: incident_record}\n" * 9000
    began = time.process_time()
    documents, problems = read_documents(data[: 256 * 1024])
    assert len(problems) == MAX_PROBLEMS
    assert len(documents) < MAX_PROBLEMS
    assert time.process_time() - began < 2


def closed_by_waiver(cast: Cast) -> list[dict[str, Any]]:
    """What is exported of a case that closed by a waiver."""
    return [record(status="closed"), link(corrective_actions=[], owners=[])]


def test_a_case_closed_by_waiver_comes_with_an_operators_signature(cast: Cast) -> None:
    documents = closed_by_waiver(cast)
    assert refused(cast, *documents) == ["status"]
    take(cast, *documents, waiver_reason="The lesson is kept elsewhere.")
    incident, waiver = Incident.objects.get(), Waiver.objects.get()
    assert (incident.status, incident.closure) == ("closed", "waiver")
    assert (waiver.signed_by, waiver.reason) == ("frank", "The lesson is kept elsewhere.")
    assert waiver_in_force(incident) == waiver
    path = f"incidents/{incident.incident_id}"
    assert [ok(cast.clara.get(f"{path}/{one}")) for one in ("record", "postmortem-link")] == (
        documents
    )
    again = take(cast, *documents, waiver_reason="The lesson is kept elsewhere.")
    assert again.created == ()
    assert Waiver.objects.count() == 1


def test_only_a_person_signs(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed.yaml"
    path.write_text("---\n".join(FORMS["yaml"](one) for one in closed_by_waiver(cast)))
    words = ("--waiver-reason", "Kept elsewhere.")
    with pytest.raises(CommandError, match="--operator"):
        call_command("incident", "import", str(path), *words)
    signer = (*words, "--operator", "frank", "--password-stdin")
    monkeypatch.setattr("sys.stdin", StringIO("wrong\n"))
    with pytest.raises(CommandError):
        call_command("incident", "import", str(path), *signer)
    with pytest.raises(CommandError, match="not both"):
        call_command("incident", "import", "-", *signer)
    assert not Incident.objects.exists()
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    call_command("incident", "import", str(path), *signer, stdout=StringIO())
    assert Waiver.objects.get().signed_by == "frank"


def test_the_page_takes_the_reason(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.operator)
    text = "---\n".join(FORMS["yaml"](one) for one in closed_by_waiver(cast))
    for reason, status in (("", 400), (" ", 400), ("Kept elsewhere.", 200)):
        file = SimpleUploadedFile("closed.yaml", text.encode())
        posted = {"tenant": "default", "file": file, "waiver_reason": reason}
        assert client.post("/console/incidents/import/", posted).status_code == status
    assert Waiver.objects.get().reason == "Kept elsewhere."
