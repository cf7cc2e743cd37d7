"""What the API and the console take into a lesson always makes a link document of its own form."""

import secrets
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from incidents.documents.shape import INCIDENT_POSTMORTEM_LINK
from incidents.models import CorrectiveAction, Postmortem, PostmortemVersion
from tests.incidents.lesson.cases import ACTION, SECTIONS, Case, code, ok

pytestmark = pytest.mark.django_db

ODD = ["a\nb", "x\u200by", "team\u202egnp", "tab\there", "x" * 201]


def link(case: Case) -> dict[str, Any]:
    """The exported document, which holds to its schema whatever was sent before."""
    body = ok(case.clara.get(f"{case.path}/postmortem-link"))
    Draft202012Validator(INCIDENT_POSTMORTEM_LINK).validate(body)
    return body


def add(case: Case, **change: Any) -> Any:
    return case.clara.post(f"{case.path}/postmortem/corrective-actions", {**ACTION, **change})


def change(case: Case, action: dict[str, Any], **body: Any) -> Any:
    path = f"{case.path}/postmortem/corrective-actions/{action['action_id']}"
    return case.clara.request("PATCH", path, body)


def write(case: Case, owners: list[str]) -> Any:
    return case.clara.put(f"{case.path}/postmortem", {**SECTIONS, "owners": owners})


def form(case: Case, **posted: str) -> Any:
    client = Client()
    client.force_login(case.cast.operator)
    return client.post(f"/console/incidents/{case.row.pk}/lesson/", posted)


@pytest.mark.parametrize("ref", ["PR 42 — größer", "a b", "größer", *ODD])
def test_a_ref_of_another_form(case: Case, ref: str) -> None:
    case.triage()
    refused = add(case, ref=ref)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert "ref" in refused.json()["error"]["fields"]
    posted = {"action": "add", "kind": "change", "ref": ref, "owner": "o", "due": ""}
    assert form(case, **posted).status_code == 400
    assert link(case)["corrective_actions"] == []


@pytest.mark.parametrize("owner", ODD)
def test_an_owner_of_another_form(case: Case, owner: str) -> None:
    action = ok(add(case.triage()), 201)
    for refused in (add(case, ref="chg-2", owner=owner), change(case, action, owner=owner)):
        assert "owner" in refused.json()["error"]["fields"]
    assert "owners" in write(case, ["fine", owner]).json()["error"]["fields"]
    posted = {"action": "add", "kind": "change", "ref": "chg-3", "owner": owner, "due": ""}
    assert form(case, **posted).status_code == 400
    assert link(case)["owners"] == ["platform-runtime"]


def test_no_owner_is_a_secret(case: Case) -> None:
    action = ok(add(case.triage()), 201)
    token = "ghp_" + secrets.token_hex(18)
    for refused in (
        write(case, [token]),
        add(case, ref="chg-2", owner=token),
        add(case, ref=token),
        change(case, action, owner=token),
    ):
        assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert not any(token in str(one.sections) for one in PostmortemVersion.objects.all())
    assert token not in str(link(case))


def test_it_has_room_for_fifty_owners(case: Case) -> None:
    case.triage()
    ok(write(case, [f"team-{number}" for number in range(49)]))
    ok(add(case, owner="the-fiftieth"), 201)
    refused = add(case, ref="chg-2", owner="one-more")
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    ok(add(case, ref="chg-2", owner="the-fiftieth"), 201)
    assert write(case, [f"team-{number}" for number in range(50)]).status_code == 400
    assert len(link(case)["owners"]) == 50


def test_it_has_room_for_two_hundred_actions(case: Case) -> None:
    case.triage()
    ok(add(case), 201)
    first = CorrectiveAction.objects.get()
    CorrectiveAction.objects.bulk_create(
        CorrectiveAction(
            tenant_id=first.tenant_id, postmortem=first.postmortem, kind="change", ref=f"c-{n}",
            owner="o", due_at=first.due_at, created_by="x",
        )
        for n in range(199)
    )  # fmt: skip
    assert add(case, ref="one-more").status_code == 400
    assert len(link(case)["corrective_actions"]) == 200
    ok(change(case, {"action_id": first.pk}, state="dropped", note="not needed"))
    ok(add(case, ref="one-more"), 201)
    assert change(case, {"action_id": first.pk}, state="open").status_code == 400
    assert len(link(case)["corrective_actions"]) == 200


@pytest.mark.parametrize("due", ["9999-12-31", "2100-01-01", "0001-01-01"])
def test_a_day_on_a_form_is_one_that_the_api_takes(case: Case, due: str) -> None:
    case.triage()
    posted = {"action": "add", "kind": "change", "ref": "chg-1", "owner": "o", "due": due}
    assert form(case, **posted).status_code == 400
    assert not CorrectiveAction.objects.exists()


def test_owners_are_the_named_ones_and_those_of_actions_that_stand(case: Case) -> None:
    case.triage()
    ok(write(case, ["platform-safety"]))
    action = ok(add(case, owner="team-a"), 201)
    assert link(case)["owners"] == ["platform-safety", "team-a"]
    ok(change(case, action, owner="team-b"))
    assert link(case)["owners"] == ["platform-safety", "team-b"]
    ok(change(case, action, state="dropped", note="not needed"))
    assert link(case)["owners"] == ["platform-safety"]


def test_the_form_does_not_pin_the_owners_of_actions(case: Case) -> None:
    action = ok(add(case.triage(), owner="team-a"), 201)
    client = Client()
    client.force_login(case.cast.operator)
    page = client.get(f"/console/incidents/{case.row.pk}/lesson/").content.decode()
    offered = page.split('<textarea id="owners"')[1].split(">", 1)[1].split("</textarea>")[0]
    assert offered.strip() == ""
    assert "owned by team-a" in page
    assert form(case, action="write", **SECTIONS, owners=offered).status_code == 302
    ok(change(case, action, owner="team-b"))
    assert link(case)["owners"] == ["team-b"]
    assert Postmortem.objects.get().owners == []
