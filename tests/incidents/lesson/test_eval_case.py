"""An incident as an eval case: stable id, redacted input, expected outcome, the same bytes."""

import io
import json
import secrets
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

import redaction
from access.selectors import known_names
from incidents.desk import assess, classify, read_report
from incidents.eval_case import EVAL_CASE_SCHEMA
from incidents.models import Incident
from kernel.canonical import sha256_hex
from tests.cast import Cast
from tests.incidents.documents import SEED_RECORD
from tests.incidents.lesson.cases import ACTION, Case, code, ok
from tests.phonehome.packets import triaged_incident

pytestmark = pytest.mark.django_db

REPORT = "The writer on 10.4.17.23 mailed jade@customer.example twice for PID-DPA01."


def read(case: Case) -> Any:
    return case.clara.get(f"{case.path}/eval-case")


def test_what_it_holds(cast: Cast, settings: Any) -> None:
    settings.DESK_MODE = "agents"
    token = "ghp_" + secrets.token_hex(18)
    text = f"{REPORT} The key was {token}."
    case = Case(cast, text).triage(tier_3={"text": text})
    ok(case.clara.request("PATCH", case.path, {"category": "duplicate_side_effect"}))
    body = ok(read(case))
    assert Draft202012Validator(EVAL_CASE_SCHEMA).is_valid(body)
    assert body["eval_id"].startswith(f"eval-{case.incident_id}-")
    assert body["expected"] == {
        "classification": "incident",
        "severity": "P1",
        "scope": "customer-internal",
        "kind": "incident",
        "eligible": False,
        "category": "duplicate_side_effect",
    }
    for left in (token, "10.4.17.23", "jade@customer.example", "PID-DPA01"):
        assert left not in json.dumps(body)
    tenant = cast.home.tenant_id
    assert redaction.scan(body["input"]["text"], known_names(tenant)) == []
    assert body["provenance"]["text_sha256"] == sha256_hex(text.encode())
    assert body["provenance"]["input_sha256"] == sha256_hex(body["input"]["text"].encode())
    assert body["provenance"]["postmortem_id"].startswith("pm-")


def test_the_same_case_is_the_same_bytes(case: Case, tmp_path: Path) -> None:
    case.triage()
    first = read(case).content
    ok(case.clara.post(f"{case.path}/containment-actions", {"action": "disable_writer"}), 201)
    assert read(case).content == first == rfc8785.dumps(json.loads(first))
    out = tmp_path / "case.json"
    call_command("eval_case", case.incident_id, out=out, stdout=io.StringIO())
    assert out.read_bytes() == first
    said = io.StringIO()
    call_command("eval_case", case.incident_id, stdout=said)
    assert said.getvalue().encode() == first + b"\n"


def test_closing_pins_it(case: Case) -> None:
    case.contained()
    evals = {**ACTION, "kind": "eval_dataset_update", "ref": ok(read(case))["eval_id"]}
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", evals), 201)
    case.moved("resolved", "closed")
    detail = case.row.timeline.get(event="closed").detail
    assert detail["eval_case"] == evals["ref"]
    assert detail["eval_case_sha256"] == sha256_hex(read(case).content)


@pytest.mark.parametrize(
    "payload",
    [
        "prism_signal crashes: KeyError",
        "prism_todo fails with KeyError for ops@customer.example on 10.4.17.23. It is blocking.",
        {"title": "prism_whois hangs", "text": "prism_whois never answers since the upgrade."},
    ],
    ids=str,
)
def test_the_desk_still_says_of_it_what_it_said(cast: Cast, payload: Any) -> None:
    """What a regression suite does with the file."""
    incident = triaged_incident(cast, payload)
    case = ok(cast.clara.get(f"incidents/{incident.incident_id}/eval-case"))
    report = read_report(case["input"]["text"])
    found = assess(report)
    said = {
        "classification": classify(report, error_sentences={}).classification,
        "severity": found.severity,
        "scope": found.scope,
        "kind": found.kind,
    }
    assert said == {name: case["expected"][name] for name in said}


def test_two_tenants_have_two_ids(case: Case, stranger: Cast) -> None:
    other = Case(stranger).triage()
    ids = {ok(read(one))["eval_id"] for one in (case.triage(), other)}
    assert case.incident_id == other.incident_id
    assert len(ids) == 2


def test_it_gives_the_desk_what_it_read(cast: Cast, settings: Any) -> None:
    settings.DESK_MODE = "agents"
    case = Case(cast, REPORT).triage(tier_3={"text": "Clara's own words of 10.4.17.23."})
    body = ok(read(case))
    Draft202012Validator(EVAL_CASE_SCHEMA).validate(body)
    assert "twice" in body["input"]["text"]
    assert "own words" in body["input"]["case_text"]
    assert "10.4.17.23" not in json.dumps(body)
    assert body["provenance"]["input_sha256"] == sha256_hex(body["input"]["text"].encode())
    same = ok(read(Case(cast, "It hangs now.").triage(tier_3={"text": "It hangs now."})))
    assert same["input"] == {"text": "It hangs now."}


def test_what_was_classified_elsewhere_is_no_case(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(SEED_RECORD)
    call_command("incident", "import", str(path), stdout=io.StringIO())
    answer = cast.clara.get("incidents/inc-2026-04-09-001/eval-case")
    assert (answer.status_code, code(answer)) == (409, "eval_case_not_ready")


def test_before_the_triage_nothing_is_expected(case: Case) -> None:
    assert (read(case).status_code, code(read(case))) == (409, "eval_case_not_ready")
    case.contained()
    ok(case.move("triaging", "again"))
    assert code(read(case)) == "eval_case_not_ready"


def test_what_cannot_be_redacted_is_not_exported(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a finding left after every pass, the case would stay here; closing goes on."""
    case.contained()
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    monkeypatch.setattr("redaction.redacting.MAX_PASSES", 0)
    Incident.objects.filter(pk=case.row.pk).update(text=REPORT)
    assert (read(case).status_code, code(read(case))) == (409, "eval_case_not_clean")
    case.moved("resolved", "closed")
    assert case.row.timeline.get(event="closed").detail["eval_case_sha256"] is None


def test_who_exports_it(case: Case, stranger: Cast, tmp_path: Path) -> None:
    case.triage()
    for agent, status in ((case.cast.jade, 403), (case.cast.sage, 403), (stranger.clara, 404)):
        assert agent.get(f"{case.path}/eval-case").status_code == status
    with pytest.raises(CommandError, match="not_found"):
        call_command("eval_case", case.incident_id, tenant="elsewhere")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("eval_case", case.incident_id, out=tmp_path / "no" / "folder.json")
