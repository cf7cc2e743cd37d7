"""Seed 000 §Bridge Agents, §Routing behavior, rule by rule, over HTTP."""

from typing import Any

import pytest

from bridge.models import BridgeAudit, Signal
from tests.cast import Agent, Cast, agent

pytestmark = pytest.mark.django_db

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def send(sender: Agent, **body: Any) -> Any:
    return sender.post("signals", {"signal_type": "Question", "payload": "text", **body})


def sent(sender: Agent, **body: Any) -> dict[str, Any]:
    answer = send(sender, **body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def refused(sender: Agent, **body: Any) -> tuple[int, str]:
    """Status and code of a refusal, after a look that nothing was written."""
    before = (Signal.objects.count(), BridgeAudit.objects.count())
    answer = send(sender, **body)
    assert (Signal.objects.count(), BridgeAudit.objects.count()) == before
    return answer.status_code, answer.json()["error"]["code"]


class TestCustomerToBridge:
    @pytest.mark.parametrize("name", ["Sage", "Clara", "sage", "ＣＬＡＲＡ", " Sage "])
    def test_a_bridge_is_addressed_by_name_alone(self, cast: Cast, name: str) -> None:
        signal = sent(cast.jade, to_identity=name)
        assert signal["route"] == "to_bridge"
        assert signal["from"] == {"pid": "PID-DPA01", "identity": "Jade"}
        assert signal["to"]["pid"] == "PID-PGR01"
        assert signal["audit_id"]

    def test_or_by_name_and_home(self, cast: Cast) -> None:
        assert sent(cast.jade, to_identity="Sage", to_pid="PID-PGR01")["route"] == "to_bridge"

    def test_same_project_personas_come_first(self, cast: Cast) -> None:
        opal = agent(cast.jade.persona.project, "Opal")
        signal = sent(cast.jade, to_identity="Opal")
        assert (signal["route"], signal["audit_id"]) == ("same_project", None)
        assert [one["signal_id"] for one in opal.inbox()] == [signal["signal_id"]]

    def test_a_local_name_precedes_a_bridges(self, cast: Cast) -> None:
        """A name that was taken before the desk came: it cannot be registered any more."""
        from access.models import Persona

        local = Persona.objects.create(
            tenant=cast.home.tenant, project=cast.jade.persona.project, identity="Sage"
        )
        signal = sent(cast.jade, to_identity="Sage")
        assert (signal["route"], signal["to"]["pid"]) == ("same_project", "PID-DPA01")
        assert Signal.objects.get().recipient == local
        assert sent(cast.jade, to_identity="Sage", to_pid="PID-PGR01")["route"] == "to_bridge"
        assert sent(cast.onyx, to_identity="Sage")["route"] == "to_bridge"

    def test_another_projects_persona_is_not_there(self, cast: Cast) -> None:
        assert refused(cast.jade, to_identity="Onyx") == (404, "bridge_target_not_found")

    def test_naming_another_project_is_refused(self, cast: Cast) -> None:
        for name in ("Onyx", "Nobody", "Jade"):
            answer = refused(cast.jade, to_identity=name, to_pid="PID-XYZ02")
            assert answer == (403, "bridge_cross_project_refused")

    def test_the_home_projects_other_personas_are_not_reached(self, cast: Cast) -> None:
        """ET is a service, not a bridge."""
        assert refused(cast.jade, to_identity="ET") == (404, "bridge_target_not_found")
        answer = refused(cast.jade, to_identity="ET", to_pid="PID-PGR01")
        assert answer == (403, "bridge_cross_project_refused")

    def test_a_project_that_is_not_there(self, cast: Cast) -> None:
        answer = refused(cast.jade, to_identity="Sage", to_pid="PID-NONE9")
        assert answer == (404, "bridge_target_not_found")


class TestBridgeToCustomer:
    def test_a_reply_finds_its_way_by_the_parent(self, cast: Cast) -> None:
        asked = sent(cast.jade, to_identity="Sage")
        answer = sent(cast.sage, in_reply_to=asked["signal_id"], signal_type="Answer")
        assert answer["to"] == {"pid": "PID-DPA01", "identity": "Jade"}
        assert (answer["route"], answer["thread_id"]) == ("from_bridge", asked["thread_id"])
        assert answer["in_reply_to"] == asked["signal_id"]

    def test_without_a_parent_the_project_must_be_named(self, cast: Cast) -> None:
        assert refused(cast.sage, to_identity="Jade") == (422, "bridge_target_ambiguous")
        named = sent(cast.sage, to_identity="Jade", to_pid="PID-DPA01")
        assert named["route"] == "from_bridge"

    def test_without_a_name_it_is_no_signal(self, cast: Cast) -> None:
        assert refused(cast.sage, to_pid="PID-DPA01") == (400, "invalid_request")

    def test_a_named_target_must_exist(self, cast: Cast) -> None:
        for name, pid in (("Ruby", "PID-DPA01"), ("Jade", "PID-XYZ02"), ("Jade", "PID-NONE9")):
            answer = refused(cast.sage, to_identity=name, to_pid=pid)
            assert answer == (404, "bridge_target_not_found")

    def test_bridges_reach_each_other_and_their_own_project(self, cast: Cast) -> None:
        assert sent(cast.sage, to_identity="Clara")["route"] == "same_project"
        assert sent(cast.clara, to_identity="ET")["route"] == "same_project"


class TestReplies:
    def test_only_the_addressee_replies(self, cast: Cast) -> None:
        asked = sent(cast.jade, to_identity="Sage")["signal_id"]
        for other in (cast.onyx, cast.jade, cast.clara):
            assert refused(other, in_reply_to=asked) == (403, "bridge_reply_not_allowed")

    def test_or_whom_the_thread_was_handed_to(self, cast: Cast) -> None:
        asked = sent(cast.jade, to_identity="Sage")["signal_id"]
        sent(cast.sage, in_reply_to=asked, signal_type="Handoff", to_identity="Clara")
        answer = sent(cast.clara, in_reply_to=asked, signal_type="Answer")
        assert answer["to"]["identity"] == "Jade"
        assert cast.jade.get(f"signals/{asked}").json()["status"] == "answered"

    def test_a_customers_handoff_does_not_show_what_the_desk_says_to_itself(
        self, cast: Cast
    ) -> None:
        opal = agent(cast.jade.persona.project, "Opal")
        asked = sent(cast.jade, to_identity="Sage")["signal_id"]
        inside = sent(cast.sage, in_reply_to=asked, signal_type="Handoff", to_identity="Clara")
        reply = sent(cast.sage, in_reply_to=asked, signal_type="Answer")
        sent(cast.jade, in_reply_to=reply["signal_id"], signal_type="Handoff", to_identity="Opal")
        assert opal.get(f"signals/{reply['signal_id']}").status_code == 200
        assert opal.get(f"signals/{asked}").status_code == 200
        assert opal.get(f"signals/{inside['signal_id']}").status_code == 404
        answer = refused(opal, in_reply_to=inside["signal_id"])
        assert answer == (403, "bridge_reply_not_allowed")

    def test_a_reply_goes_to_whoever_sent_the_signal(self, cast: Cast) -> None:
        asked = sent(cast.jade, to_identity="Sage")["signal_id"]
        for change in ({"to_identity": "Onyx"}, {"to_pid": "PID-XYZ02"}):
            answer = refused(cast.sage, in_reply_to=asked, **change)
            assert answer == (422, "bridge_target_ambiguous")
        sent(cast.sage, in_reply_to=asked, to_identity="jade", to_pid="PID-DPA01")

    def test_a_parent_that_is_not_there(self, cast: Cast) -> None:
        assert refused(cast.sage, in_reply_to=UNKNOWN) == (404, "not_found")

    @pytest.mark.parametrize(
        "wrong", [5, True, "x", "", [], UNKNOWN.replace("-", ""), f"{{{UNKNOWN}}}"]
    )
    def test_a_parent_that_is_no_id(self, cast: Cast, wrong: Any) -> None:
        assert refused(cast.sage, in_reply_to=wrong) == (400, "invalid_request")

    def test_a_reply_answers_and_a_status_does_not(self, cast: Cast) -> None:
        asked = sent(cast.jade, to_identity="Sage")["signal_id"]
        sent(cast.sage, in_reply_to=asked, signal_type="Status")
        assert cast.jade.get(f"signals/{asked}").json()["status"] == "sent"
        sent(cast.sage, in_reply_to=asked, signal_type="Answer")
        after = cast.jade.get(f"signals/{asked}").json()
        assert after["status"] == "answered"
        assert after["answered_at"]

    def test_a_revoked_sender_gets_no_reply(self, cast: Cast) -> None:
        from access.models import Persona

        asked = sent(cast.jade, to_identity="Sage")["signal_id"]
        Persona.objects.filter(pk=cast.jade.persona.pk).update(status="revoked")
        assert refused(cast.sage, in_reply_to=asked) == (404, "bridge_target_not_found")


class TestNoBroadcasts:
    @pytest.mark.parametrize(
        "target", ["*", "all", "ALL", "everyone", "Everybody", "broadcast", "", ["Sage"], []]
    )
    def test_to_everybody(self, cast: Cast, target: Any) -> None:
        for sender in (cast.jade, cast.sage):
            answer = refused(sender, to_identity=target)
            assert answer == (422, "bridge_broadcast_refused")

    def test_to_nobody(self, cast: Cast) -> None:
        assert refused(cast.jade) == (400, "invalid_request")
        assert refused(cast.jade, to_identity=None) == (400, "invalid_request")


class TestOneTenant:
    def test_the_other_tenants_desk_is_another(self, cast: Cast, stranger: Cast) -> None:
        sent(cast.jade, to_identity="Sage")
        assert len(cast.sage.inbox()) == 1
        assert stranger.sage.inbox() == []

    def test_another_tenants_project_is_not_there(self, cast: Cast, stranger: Cast) -> None:
        from access.services.register_project import register_project
        from tests.cast import BY

        theirs, _ = register_project(pid="PID-ELSE1", tenant_slug="elsewhere", by=BY)
        agent(theirs, "Beryl")
        for sender in (cast.jade, cast.sage):
            real = send(sender, to_identity="Beryl", to_pid="PID-ELSE1").json()["error"]
            none = send(sender, to_identity="Beryl", to_pid="PID-NONE9").json()["error"]
            assert real.pop("correlation_id") != none.pop("correlation_id")
            assert real == none
            assert real["code"] == "bridge_target_not_found"

    def test_another_tenants_signal_is_no_parent(self, cast: Cast, stranger: Cast) -> None:
        theirs = sent(stranger.jade, to_identity="Sage")["signal_id"]
        assert refused(cast.sage, in_reply_to=theirs) == (404, "not_found")


class TestRoster:
    def test_a_customer_sees_its_own_and_the_bridges(self, cast: Cast) -> None:
        found = cast.jade.get("roster").json()["results"]
        assert found == [
            {
                "identity": name,
                "persona_class": kind,
                "home_pid": pid,
                "available_from_pid": "PID-DPA01",
            }
            for name, kind, pid in (
                ("Jade", "project", "PID-DPA01"),
                ("Clara", "bridge", "PID-PGR01"),
                ("Sage", "bridge", "PID-PGR01"),
            )
        ]

    def test_one_name(self, cast: Cast) -> None:
        (only,) = cast.jade.get("roster?identity=sage").json()["results"]
        assert only["identity"] == "Sage"
        assert cast.jade.get("roster?identity=Onyx").json()["results"] == []
        assert cast.jade.get("roster?identity=ET").json()["results"] == []
        assert cast.jade.get("roster?identity=" + "x" * 3000).json()["results"] == []

    def test_everybody_on_it_can_be_reached(self, cast: Cast) -> None:
        for who in (cast.jade, cast.sage, cast.onyx):
            for entry in who.get("roster").json()["results"]:
                sent(who, to_identity=entry["identity"])
