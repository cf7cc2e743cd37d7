"""Work on a lane's list reaches somebody: a signal to the lane's owner, always."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from access.models import Persona, User
from access.states import PersonaStatus
from incidents.models import Intake, LaneOwner, Todo
from kernel.models import LedgerEntry
from tests.cast import Agent, Cast, agent

pytestmark = pytest.mark.django_db
WISH = "Feature request: please add a dark mode to the dashboard"
URL = "/console/incidents/lanes/"


def lane(*words: str) -> str:
    out = StringIO()
    call_command("lane", *words, stdout=out)
    return out.getvalue()


def tasks(who: Agent) -> list[str]:
    return [one["payload"]["lane"] for one in who.inbox() if one["signal_type"] == "Task"]


@pytest.fixture
def dora(cast: Cast) -> Agent:
    return agent(cast.home, "Dora")


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


class TestWhoIsSignalled:
    def test_sage_where_nobody_is_set_and_it_is_no_report(
        self, cast: Cast, sweep: Callable[[], None]
    ) -> None:
        cast.jade.report(WISH)
        sweep()
        assert tasks(cast.sage) == [Todo.objects.get().lane_owner] == ["dashboard"]
        assert Intake.objects.count() == 1
        assert tasks(cast.clara) == []

    def test_the_lanes_owner(self, cast: Cast, dora: Agent, sweep: Callable[[], None]) -> None:
        ivy = agent(cast.home, "Ivy")
        lane("set", "Dashboard", "dora")
        lane("set", "*", "Ivy")
        cast.jade.report(WISH)
        cast.jade.report("Feature request: please add a chapter to the docs")
        sweep()
        assert (tasks(dora), tasks(ivy), tasks(cast.sage)) == (["dashboard"], ["docs"], [])
        lane("remove", "dashboard")
        cast.onyx.report(WISH)
        sweep()
        assert (len(tasks(dora)), tasks(ivy)) == (1, ["docs", "dashboard"])

    def test_a_persona_of_that_name_comes_first(
        self, cast: Cast, dora: Agent, sweep: Callable[[], None]
    ) -> None:
        named = agent(cast.home, "dashboard")
        lane("set", "dashboard", "Dora")
        cast.jade.report(WISH)
        sweep()
        assert (tasks(named), tasks(dora)) == (["dashboard"], [])

    def test_a_revoked_owner_hears_nothing(
        self, cast: Cast, dora: Agent, sweep: Callable[[], None]
    ) -> None:
        lane("set", "dashboard", "Dora")
        Persona.objects.filter(pk=dora.persona.pk).update(status=PersonaStatus.REVOKED)
        cast.jade.report(WISH)
        sweep()
        assert tasks(cast.sage) == ["dashboard"]

    def test_another_tenants_owner_hears_nothing(
        self, cast: Cast, stranger: Cast, dora: Agent, sweep: Callable[[], None]
    ) -> None:
        lane("set", "*", "Dora")
        stranger.jade.report(WISH)
        sweep()
        assert (tasks(dora), tasks(stranger.sage)) == ([], ["dashboard"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "docs", "Clara"), "incidents only"),
        (("set", "docs", "Jade"), "home project"),
        (("set", "docs", "Nobody"), "home project"),
        (("set", " ", "Sage"), "lane"),
        (("set", "x" * 81, "Sage"), "lane"),
        (("set", "docs", "Sage", "--tenant", "nobody"), "no tenant nobody"),
        (("remove", "docs"), "No owner"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        lane(*words)
    assert not LaneOwner.objects.exists()


def test_the_command_lists_and_the_ledger_keeps(cast: Cast, dora: Agent) -> None:
    assert lane("set", "docs", "Sage") == "docs: Sage\n"
    assert lane("set", "docs", "Dora") == "docs: Dora\n"
    assert lane("list") == "docs: Dora\n"
    lane("remove", "docs")
    assert lane("list") == ""
    facts = LedgerEntry.objects.filter(action__startswith="incidents.lane.")
    assert [one.action.rpartition(".")[2] for one in facts.order_by("id")] == [
        "set",
        "set",
        "removed",
    ]


class TestThePage:
    def test_sets_shows_and_removes(self, cast: Cast, dora: Agent, operator: Client) -> None:
        sent = {"lane": "docs", "persona": "Dora", "tenant": "default"}
        assert operator.post(URL, {"action": "set", **sent}).status_code == 302
        assert LaneOwner.objects.get().changed_by == "frank"
        assert "Dora" in operator.get(URL).content.decode()
        assert URL in operator.get("/console/incidents/").content.decode()
        assert operator.get("/admin/incidents/laneowner/").status_code == 200
        assert operator.post(URL, {"action": "remove", **sent}).status_code == 302
        assert not LaneOwner.objects.exists()

    @pytest.mark.parametrize(
        "change",
        [{"persona": "Clara"}, {"tenant": "nobody"}, {"action": "drop"}, {"lane": ""}],
    )
    def test_what_makes_no_sense_is_refused(self, operator: Client, change: dict[str, str]) -> None:
        sent = {"action": "set", "lane": "docs", "persona": "Sage", "tenant": "default"}
        page = operator.post(URL, {**sent, **change})
        assert page.status_code == 400
        assert "Nothing was changed" in page.content.decode()
        assert not LaneOwner.objects.exists()

    def test_for_operators_with_the_permission(self, cast: Cast) -> None:
        visitor = Client()
        visitor.force_login(User.objects.create_user("vera", is_staff=True))
        sent: dict[str, Any] = {
            "action": "set",
            "lane": "docs",
            "persona": "Sage",
            "tenant": "default",
        }
        assert visitor.get(URL).status_code == 403
        assert visitor.post(URL, sent).status_code == 403
        assert Client().post(URL, sent).status_code == 302
        assert not LaneOwner.objects.exists()
