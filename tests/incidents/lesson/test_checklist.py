"""GET …/checklist: six questions, and every "no" says what is missing (seed 002 §11)."""

from typing import Any

import pytest

from incidents.models import Incident
from incidents.services.waive_lesson import waive_lesson
from tests.cast import Cast
from tests.incidents.lesson.cases import ACTION, Case, missing, ok

pytestmark = pytest.mark.django_db

LINKS = {
    "trace_id": "trace-1",
    "session_id": "session-1",
    "bundle_id": "bundle-1",
    "change_id": "chg-1",
    "tool_principal": "svc-writer",
    "approval_id": "apr-1",
    "rollout_wave": "canary",
    "idempotency_key": "key-1",
}


def checklist(case: Case) -> dict[str, Any]:
    return ok(case.clara.get(f"{case.path}/checklist"))


def answers(case: Case) -> list[str]:
    return [one["answer"] for one in checklist(case)["questions"]]


def lacking(case: Case, number: int) -> list[str]:
    return [one["name"] for one in checklist(case)["questions"][number - 1]["missing"]]


def test_each_question_turns_to_yes_with_its_evidence(case: Case) -> None:
    assert answers(case) == ["yes", "no", "no", "no", "no", "no"]
    assert lacking(case, 2) == ["trace_id", "session_id", "bundle_id", "change_id"]
    assert lacking(case, 3) == ["tool_principal", "approval_id"]
    assert lacking(case, 5) == ["postmortem", "corrective_action"]
    ok(case.clara.request("PATCH", case.path, LINKS))
    assert answers(case) == ["yes", "yes", "yes", "no", "no", "no"]
    ok(case.clara.post(f"{case.path}/containment-actions", {"action": "disable_writer"}), 201)
    assert answers(case)[3] == "yes"
    case.triage()
    path = f"{case.path}/postmortem/corrective-actions"
    ok(case.clara.post(path, ACTION), 201)
    assert answers(case) == ["yes", "yes", "yes", "yes", "yes", "no"]
    assert lacking(case, 6) == ["eval_dataset_update"]
    evals = {**ACTION, "kind": "eval_dataset_update", "ref": f"eval-{case.incident_id}"}
    ok(case.clara.post(path, evals), 201)
    assert answers(case) == ["yes"] * 6
    evidence = " ".join(checklist(case)["questions"][1]["evidence"])
    assert "trace_id: trace-1" in evidence


def test_unknown_with_a_reason_is_still_a_no(case: Case) -> None:
    facts = {name: {"unknown": "The log was rotated."} for name in LINKS}
    ok(case.clara.request("PATCH", case.path, facts))
    second = checklist(case)["questions"][1]
    assert second["answer"] == "no"
    assert second["missing"][0]["sentence"] == "trace_id is unknown: The log was rotated."
    # It can be contained all the same: the reason stands where the id would.
    ok(case.clara.post(f"{case.path}/containment-actions", {"action": "disable_writer"}), 201)
    case.triage().moved("contained")


def test_a_waiver_makes_no_link(case: Case) -> None:
    case.triage()
    waive_lesson(
        incident_id=case.incident_id,
        tenant_id=case.row.tenant_id,
        reason="A drill.",
        by=case.cast.operator,
    )
    body = checklist(case)
    assert body["waived"] is True
    assert body["questions"][4]["answer"] == "no"
    assert body["questions"][4]["missing"][0]["sentence"] == "None; waived by frank: A drill."


def test_it_says_of_each_move_what_the_move_says(case: Case) -> None:
    for _ in range(3):
        for move in checklist(case)["moves"]:
            if move["allowed"]:
                continue
            said = [one["name"] for one in move["missing"]]
            assert missing(case.move(move["to"])) == said
        if case.row.status == "reported":
            case.triage()
        else:
            case.link().stop()
    allowed = [one["to"] for one in checklist(case)["moves"] if one["allowed"]]
    assert allowed == ["contained"]


def test_in_markdown(case: Case) -> None:
    answer = case.clara.get(f"{case.path}/checklist", accept="text/markdown")
    assert answer["Content-Type"].startswith("text/markdown")
    text = answer.content.decode()
    assert text.startswith(f"# Checklist of {case.incident_id} (reported)\n")
    assert text.count("**NO**") == 5
    assert "missing: No containment action is recorded. POST" in text


def test_who_reads_it(case: Case, stranger: Cast) -> None:
    for agent, status in ((case.cast.jade, 403), (case.cast.sage, 403), (stranger.clara, 404)):
        assert agent.get(f"{case.path}/checklist").status_code == status
    assert case.clara.get(f"{case.path}/checklist?part=1").status_code == 400


def test_an_imported_case_has_one_too(case: Case) -> None:
    Incident.objects.filter(pk=case.row.pk).update(origin="import", intake=None, reporter=None)
    assert answers(case)[0] == "yes"
