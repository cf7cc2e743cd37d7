"""What no document may say of a case, and how soon a file full of faults is given up."""

import time
from typing import Any

import pytest

from incidents.documents.read import MAX_PROBLEMS, read_documents
from incidents.services.import_documents import Taken, import_documents
from kernel.errors import CareError
from tests.cast import Cast
from tests.incidents.documents import FORMS, link, record, rows_of_incidents

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
