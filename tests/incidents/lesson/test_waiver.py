"""A waiver: an operator's signature, and nobody else's (seed 002 §9)."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from access.models import User
from incidents.models import Incident, Waiver
from incidents.services.waive_lesson import waive_lesson
from kernel.errors import CareError
from kernel.models import LedgerEntry
from kernel.principals import SystemPrincipal
from tests.cast import PASSWORD, Cast
from tests.incidents.lesson.cases import ACTION, Case, code, missing, ok

pytestmark = pytest.mark.django_db


def sign(case: Case, by: Any = None, reason: str = "A drill; nothing was at stake.") -> Waiver:
    return waive_lesson(
        incident_id=case.incident_id,
        tenant_id=case.row.tenant_id,
        reason=reason,
        by=by or case.cast.operator,
    )


def test_a_signed_case_closes_without_an_action(case: Case) -> None:
    case.contained().moved("resolved")
    assert missing(case.move("closed")) == ["corrective_action"]
    waiver = sign(case)
    assert (waiver.signed_by, waiver.operator_id) == ("frank", case.cast.operator.pk)
    case.moved("closed")
    assert case.row.closure == "waiver"
    assert "waived" in case.events()
    assert waiver.reason not in str(list(case.row.timeline.values_list("detail", flat=True)))


def test_with_an_action_it_closes_by_the_postmortem(case: Case) -> None:
    case.contained()
    sign(case)
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    case.moved("resolved", "closed")
    assert case.row.closure == "postmortem"


def test_a_reopening_voids_it(case: Case) -> None:
    case.contained()
    sign(case)
    case.moved("resolved", "closed")
    ok(case.move("triaging", "not a drill"))
    case.triage(first=4).moved("contained", "resolved")
    assert missing(case.move("closed")) == ["corrective_action"]
    sign(case, reason="Now it is.")
    case.moved("closed")
    assert Waiver.objects.count() == 2


def test_no_agent_and_no_part_of_the_product_signs(case: Case) -> None:
    from access.services.authenticate_agent import authenticate_agent

    clara = authenticate_agent(case.clara.token)
    visitor = User.objects.create_user("vera", is_staff=True)
    for by in (clara, SystemPrincipal("desk", case.row.tenant_id), visitor):
        with pytest.raises(CareError) as refused:
            sign(case, by)
        assert (refused.value.code, refused.value.status) == ("operator_required", 403)
    assert not Waiver.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_a_reason_is_given(case: Case, reason: str) -> None:
    with pytest.raises(CareError) as refused:
        sign(case, reason=reason)
    assert refused.value.code == "invalid_request"


def test_what_has_ended_takes_none(case: Case) -> None:
    case.contained()
    sign(case)
    case.moved("resolved", "closed")
    with pytest.raises(CareError) as refused:
        sign(case)
    assert refused.value.code == "incident_ended"


def test_a_signature_is_never_changed(case: Case) -> None:
    sign(case)
    for change in (
        lambda: Waiver.objects.update(reason="another"),
        lambda: Waiver.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


class TestCommand:
    @pytest.fixture
    def waive(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
        def run(*arguments: str, stdin: str = f"{PASSWORD}\n") -> str:
            monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
            out = io.StringIO()
            call_command("incident_waive", *arguments, "--password-stdin", stdout=out)
            return out.getvalue()

        return run

    def test_it_signs(self, case: Case, waive: Callable[..., str]) -> None:
        said = waive(case.incident_id, "--operator", "frank", "--reason", "A drill.")
        assert said.strip() == f"waived: {case.incident_id} by frank"
        assert Waiver.objects.get().reason == "A drill."

    def test_it_wants_the_password(self, case: Case, waive: Callable[..., str]) -> None:
        with pytest.raises(CommandError, match="operator_credentials"):
            waive(case.incident_id, "--operator", "frank", "--reason", "x", stdin="wrong\n")
        assert not Waiver.objects.exists()

    @pytest.mark.parametrize("tenant", ["nowhere", "elsewhere"])
    def test_the_incident_of_another_tenant(
        self, case: Case, stranger: Cast, waive: Callable[..., str], tenant: str
    ) -> None:
        with pytest.raises(CommandError, match="not_found"):
            waive(case.incident_id, "--operator", "frank", "--reason", "x", "--tenant", tenant)

    def test_a_refusal_is_written_down(self, case: Case, waive: Callable[..., str]) -> None:
        User.objects.create_user("vera", is_staff=True, password=PASSWORD)
        with pytest.raises(CommandError, match="operator_required"):
            waive(case.incident_id, "--operator", "vera", "--reason", "x")
        assert LedgerEntry.objects.get(action="refused.operator_required").actor_label == "vera"


class TestPage:
    def url(self, case: Case) -> str:
        return f"/console/incidents/{case.row.pk}/checklist/"

    def signed_in(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def test_every_no_is_explicit(self, case: Case) -> None:
        page = self.signed_in(case.cast.operator).get(self.url(case)).content.decode()
        assert page.count('class="answer no"') == 5
        assert page.count('class="answer yes"') == 1
        for words in ("Nobody has said what trace_id is", "No containment action is recorded"):
            assert words in page
        assert "Nowhere yet" in page

    def test_the_whole_way_on_the_page(self, case: Case) -> None:
        case.triage().link().stop()
        client = self.signed_in(case.cast.operator)
        for to in ("contained", "resolved"):
            answer = client.post(self.url(case), {"action": "move", "to": to, "reason": "seen"})
            assert answer.status_code == 302
        refused = client.post(self.url(case), {"action": "move", "to": "closed", "reason": "mine"})
        assert refused.status_code == 409
        assert "incident_transition_refused" in refused.content.decode()
        answer = client.post(self.url(case), {"action": "waive", "reason": "A <b>drill</b>."})
        assert answer.status_code == 302
        page = client.get(self.url(case)).content.decode()
        assert "A &lt;b&gt;drill&lt;/b&gt;." in page
        client.post(self.url(case), {"action": "move", "to": "closed", "reason": "done"})
        assert case.row.status == "closed"
        entry = case.row.timeline.get(event="closed")
        assert entry.actor == "frank"
        client.post(self.url(case), {"action": "move", "to": "triaging", "reason": "again"})
        assert (case.row.status, case.row.reopened_count) == ("triaging", 1)

    @pytest.mark.parametrize(
        "form",
        [
            {},
            {"action": "close"},
            {"action": "move", "to": "closed"},
            {"action": "move", "to": "nowhere", "reason": "x"},
            {"action": "waive", "reason": ""},
            {"action": "waive", "reason": "x" * 2001},
        ],
        ids=str,
    )
    def test_a_form_that_makes_no_sense(self, case: Case, form: dict[str, str]) -> None:
        answer = self.signed_in(case.cast.operator).post(self.url(case), form)
        assert answer.status_code == 400
        assert "invalid_request" in answer.content.decode()
        assert not Waiver.objects.exists()

    def test_who_may_not_press(self, case: Case) -> None:
        case.triage().link().stop()
        looker = User.objects.create_user("vera", is_staff=True)
        forms = (
            {"action": "waive", "reason": "x"},
            {"action": "move", "to": "contained", "reason": "x"},
        )
        for form in forms:
            assert self.signed_in(looker).post(self.url(case), form).status_code == 403
            assert Client().post(self.url(case), form).status_code == 302
            key = Client(headers={"authorization": f"Bearer {case.clara.token}"})
            assert key.post(self.url(case), form).status_code == 302
            checked = Client(enforce_csrf_checks=True)
            checked.force_login(case.cast.operator)
            assert checked.post(self.url(case), form).status_code == 403
        assert not Waiver.objects.exists()
        assert case.row.status == "triaged"

    def test_a_look_is_not_a_signature(self, case: Case) -> None:
        """Staff who may view cases may not move or waive them."""
        from django.contrib.auth.models import Permission

        looker = User.objects.create_user("vera", is_staff=True)
        looker.user_permissions.add(Permission.objects.get(codename="view_incident"))
        client = self.signed_in(looker)
        assert client.get(self.url(case)).status_code == 200
        answer = client.post(self.url(case), {"action": "waive", "reason": "x"})
        assert answer.status_code == 403
        assert not Waiver.objects.exists()


def test_clara_cannot_smuggle_one_in(case: Case) -> None:
    case.contained().moved("resolved")
    for extra in ({"waiver": "frank"}, {"waived": True}, {"closure": "waiver"}):
        refused = case.clara.post(
            f"{case.path}/transitions", {"to": "closed", "reason": "x", **extra}
        )
        assert code(refused) == "invalid_request"
    assert Incident.objects.get().status == "resolved"
