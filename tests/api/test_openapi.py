"""The OpenAPI document: valid, complete, and the same as docs/openapi.yaml."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tests.test_architecture import views

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.yaml"


def generated() -> str:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(yaml.safe_load(COMMITTED.read_text()))


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_committed_file_is_what_the_code_says() -> None:
    """Else: `manage.py spectacular --file docs/openapi.yaml`."""
    assert generated().strip() == COMMITTED.read_text().strip()


def test_the_served_document_is_the_same(document: dict[str, Any]) -> None:
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    assert yaml.safe_load(answer.content) == document


def test_it_names_every_endpoint(document: dict[str, Any]) -> None:
    served = sum(len(view.actions) for _, view in views())
    assert len(operations(document)) == served
    assert document["openapi"].startswith("3.1")


def test_every_operation_says_what_is_true_of_all(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    texts = [operation["description"] for _, _, operation in operations(document)]
    assert len(set(texts)) == len(texts)
    for path, method, operation in operations(document):
        assert operation["security"] == [{"agentKey": []}], path
        error = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert error == {"$ref": "#/components/schemas/Error"}
        for response in operation["responses"].values():
            assert "X-Correlation-ID" in response["headers"], path
            assert response["description"], path
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        if "If-Match" in headers:
            assert method == "put"


def test_bodies_take_no_unknown_fields(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies = [name for name in schemas if name.endswith("Request") and "oneOf" not in schemas[name]]
    assert bodies
    # SPEC-115 gives the minimum of these two; a record's own `operator_review` is taken back.
    minimum = {"OperatorReviewRequest", "RedactionReportRequest"}
    assert minimum <= set(bodies)
    for name in set(bodies) - minimum:
        assert schemas[name]["additionalProperties"] is False, name


def test_creating_calls_take_an_idempotency_key(document: dict[str, Any]) -> None:
    taking = {
        operation["operationId"]
        for _, _, operation in operations(document)
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
    }
    assert taking == {
        "signals_send",
        "signals_send_batch",
        "intake_classify",
        "intake_reclassify",
        "intake_not_the_same",
        "intake_withdraw",
        "storms_release",
        "incidents_contain",
        "incidents_corrective_action_add",
        "incidents_deadline_pause",
        "incidents_deadline_resume",
        "incidents_move",
        "incidents_timeline_correct",
        "incidents_triage_reopen",
        "journal_write",
        "todos_add",
        "phone_home",
        "phone_home_records_stage",
        "phone_home_records_withdraw",
    }
