"""schemathesis drives every operation from the API's own document, with agents' keys.

Whatever it sends, good form or bad, no answer is a 5xx, every answer has the form that the document
gives it, and every refusal is the envelope with a code of the catalogue.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from incidents.models import Storm
from kernel.errors import CATALOGUE
from prism_care.wsgi import application
from tests.cast import Cast
from tests.flow.test_agents_mode import staged

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = schemathesis.openapi.from_path(str(ROOT / "docs" / "openapi.yaml"))
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}
# The same examples every time: a suite that fails now and then is not believed. Set this higher
# to look for more.
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def _requests_keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection holds the transaction of the test; a request would close it at its start."""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None)


@pytest.fixture
def ids(cast: Cast, settings: Any) -> dict[str, list[Any]]:
    """Ids that exist, so that not everything ends in a 404."""
    settings.INBOX_MAX_WAITERS = 0  # `wait` is taken and not waited for
    record = staged(cast, settings)
    waiting = cast.jade.report("how do I use prism_todo?")
    of_case = f"incidents/{record['incident_id']}"
    action = cast.clara.post(
        f"{of_case}/postmortem/corrective-actions",
        {"kind": "change", "ref": "chg-2026-04-09-003", "owner": "platform"},
    ).json()
    persona = cast.onyx.persona
    storm = Storm.objects.create(tenant_id=persona.tenant_id, reporter=persona)
    deadlines = cast.clara.get(f"{of_case}/deadlines").json()["results"]
    return {
        "action_id": [action["action_id"]],
        "deadline_id": [one["deadline_id"] for one in deadlines],
        "storm_id": [str(storm.pk)],
        "signal_id": [waiting["signal_id"]],
        "intake_id": [waiting["intake_id"]],
        "incident_id": [record["incident_id"]],
        "record_id": [record["record_id"]],
        "tier": [1, 2, 3, 4, 5],
        "todo_id": [cast.clara.post("todos", {"title": "look again"}).json()["todo_id"]],
    }


def check_envelope(answer: Any) -> None:
    (correlation_id,) = answer.headers["x-correlation-id"]
    if answer.status_code < 400:
        return
    error = answer.json()["error"]
    assert answer.status_code == CATALOGUE[error["code"]].status
    assert error["message"]
    assert error["next_steps"]
    assert error["correlation_id"] == correlation_id


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_the_contract(
    cast: Cast, ids: dict[str, list[Any]], label: str, mode: GenerationMode
) -> None:
    operation = OPERATIONS[label]
    holder = cast.sage if "classification" in label else cast.clara

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def attack(data: Any) -> None:
        case = data.draw(operation.as_strategy(mode))
        agent = data.draw(st.sampled_from([holder, holder, cast.jade]))
        if mode is GenerationMode.POSITIVE:
            for name in case.path_parameters:
                if name in ids:
                    case.path_parameters[name] = data.draw(st.sampled_from(ids[name]))
        answer = case.call(app=application, headers={"Authorization": f"Bearer {agent.token}"})
        case.validate_response(answer, checks=CHECKS)
        check_envelope(answer)

    attack()


def test_good_requests_do_get_through(cast: Cast, ids: dict[str, list[Any]]) -> None:
    """Else the test above would prove nothing but refusals."""
    taken: set[str] = set()

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data: Any) -> None:
        for label, operation in OPERATIONS.items():
            if label.startswith("GET") or "redaction" in label:
                case = data.draw(operation.as_strategy())
                for name in case.path_parameters:
                    case.path_parameters[name] = ids[name][0]
                # Parameters have to fit each other; each of them alone is tried above.
                kept = data.draw(st.sampled_from(["", *sorted(case.query or {})]))
                case.query = {kept: case.query[kept]} if kept else {}
                agent = cast.jade if "signals" in label else cast.clara
                agent = cast.sage if "storms" in label else agent
                answer = case.call(
                    app=application, headers={"Authorization": f"Bearer {agent.token}"}
                )
                if answer.status_code == 200:
                    taken.add(label)

    ask()
    wanted = {one for one in OPERATIONS if one.startswith("GET") or "redaction" in one}
    assert taken == wanted
