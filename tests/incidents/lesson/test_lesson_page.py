"""The console's Lesson tab: the postmortem, its versions, the corrective actions."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from access.models import User
from incidents.models import CorrectiveAction, PostmortemVersion
from tests.incidents.lesson.cases import ACTION, SECTIONS, Case, ok

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(case: Case) -> Client:
    return signed_in(case.cast.operator)


def url(case: Case, query: str = "") -> str:
    return f"/console/incidents/{case.row.pk}/lesson/{query}"


def test_before_the_triage(case: Case, client: Client) -> None:
    page = client.get(url(case)).content.decode()
    assert "opened when the triage is complete" in page
    answer = client.post(url(case), {"action": "write", **SECTIONS})
    assert answer.status_code == 409
    assert "postmortem_missing" in answer.content.decode()


def test_an_operator_writes_it(case: Case, client: Client) -> None:
    case.triage()
    texts = {**SECTIONS, "impact": "Forty tickets.\r\n\r\n**Two** twice.", "owners": "a team\n\nb"}
    assert client.post(url(case), {"action": "write", **texts}).status_code == 302
    version = PostmortemVersion.objects.order_by("-number")[0]
    assert (version.number, version.author) == (2, "frank")
    assert version.sections["impact"] == "Forty tickets.\n\n**Two** twice."
    assert version.postmortem.owners == ["a team", "b"]
    page = client.get(url(case)).content.decode()
    assert "<strong>Two</strong>" in page
    assert "Timeline" in page
    then = client.get(url(case, "?version=1")).content.decode()
    assert "as it stood then" in then
    assert "<strong>Two</strong>" not in then
    assert client.get(url(case, "?version=9")).status_code == 404
    assert client.get(url(case, "?version=x")).status_code == 400


def test_what_was_typed_comes_back_with_the_refusal(case: Case, client: Client) -> None:
    case.triage()
    answer = client.post(
        url(case), {"action": "write", **SECTIONS, "what_did_not": "Onyx slept <i>."}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Names Onyx" in page
    assert "Onyx slept &lt;i&gt;." in page
    assert PostmortemVersion.objects.count() == 1


def test_hostile_markdown_is_inert(case: Case, client: Client) -> None:
    case.triage()
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))"
    ok(case.clara.put(f"{case.path}/postmortem", {**SECTIONS, "impact": hostile}))
    page = client.get(url(case)).content.decode()
    article = page.split("<article")[1].split("</article>")[0]
    for left in ("<script", "onerror=", "javascript:", "<img src"):
        assert left not in article


def test_actions_are_added_and_changed(case: Case, client: Client) -> None:
    case.triage()
    form = {"action": "add", **ACTION, "due": "2099-01-31"}
    assert client.post(url(case), form).status_code == 302
    action = CorrectiveAction.objects.get()
    assert (action.created_by, f"{action.due_at:%Y-%m-%d}") == ("frank", "2099-01-31")
    change = {"action": "change", "action_id": str(action.pk)}
    assert client.post(url(case), {**change, "state": "dropped"}).status_code == 400
    assert client.post(url(case), {**change, "state": "done", "note": "in 2.0"}).status_code == 302
    action.refresh_from_db()
    assert (action.state, action.note) == ("done", "in 2.0")
    page = client.get(url(case)).content.decode()
    assert "chg-2026-04-09-003" in page
    assert "in 2.0" in page


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": "delete"},
        {"action": "write"},
        {"action": "add", "kind": "patch", "ref": "x", "owner": "y"},
        {"action": "add", **ACTION, "due": "2020-01-01"},
        {"action": "add", **ACTION, "due": "soon"},
        {"action": "change", "action_id": "7", "state": "done"},
    ],
    ids=str,
)
def test_a_form_that_makes_no_sense(case: Case, client: Client, form: dict[str, Any]) -> None:
    case.triage()
    answer = client.post(url(case), form)
    assert answer.status_code == 400
    assert "invalid_request" in answer.content.decode()
    assert not CorrectiveAction.objects.exists()


def test_an_action_of_another_case(case: Case, client: Client) -> None:
    action = ok(case.triage().clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    other = Case(case.cast, "Something else crashes.").triage()
    form = {"action": "change", "action_id": action["action_id"], "state": "done"}
    assert client.post(url(other), form).status_code == 404


def test_who_looks_and_who_writes(case: Case) -> None:
    case.triage()
    looker = User.objects.create_user("vera", is_staff=True)
    assert signed_in(looker).get(url(case)).status_code == 403
    assert Client().get(url(case)).status_code == 302
    looker.user_permissions.add(Permission.objects.get(codename="view_incident"))
    client = signed_in(User.objects.get(pk=looker.pk))
    page = client.get(url(case)).content.decode()
    assert "Write a new version" not in page
    assert "Add a corrective action" not in page
    assert client.post(url(case), {"action": "write", **SECTIONS}).status_code == 403
    assert PostmortemVersion.objects.count() == 1
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(case.cast.operator)
    assert checked.post(url(case), {"action": "write", **SECTIONS}).status_code == 403
