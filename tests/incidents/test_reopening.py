"""A triage that is opened again: by request, by a correction, by a text that changed."""

from collections.abc import Callable
from typing import Any

import pytest

from access.models import User
from incidents.models import Citation, Deadline, Incident, TimelineEntry, TriageTier
from incidents.services.reopen_tier import reopen_tier
from incidents.states import DeadlineState, Stage
from kernel.principals import SystemPrincipal
from tests.cast import Cast
from tests.incidents.cases import contained_in_database, opened
from tests.incidents.tiers import GOOD, REPORT, patch, put, refused, states, triage, up_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident_id(cast: Cast, settings: Any) -> str:
    return opened(cast, settings, REPORT)


def rows() -> list[Any]:
    return [
        *TriageTier.objects.order_by("tier").values(),
        *Citation.objects.values("uid"),
        *TimelineEntry.objects.values("uid"),
        *Incident.objects.values(),
    ]


def reopen(cast: Cast, incident_id: str, tier: int, reason: str = "looked again") -> Any:
    return cast.clara.post(f"incidents/{incident_id}/triage/{tier}/reopen", {"reason": reason})


def retext(cast: Cast, incident_id: str, **change: Any) -> Any:
    return cast.clara.put(f"incidents/{incident_id}/text", change)


def told(cast: Cast, outcome: str) -> int:
    return sum(one["payload"].get("outcome") == outcome for one in cast.jade.inbox())


@pytest.mark.parametrize("tier", GOOD)
def test_a_tier_and_all_above_it_are_open_again(cast: Cast, incident_id: str, tier: int) -> None:
    up_to(cast, incident_id, 5)
    body = reopen(cast, incident_id, tier).json()
    assert body["status"] == "triaging"
    assert body["next_tier"] == tier
    assert (body["eligible"], body["eligibility"]) == (None, None)
    expected = ["complete" if number < tier else "reopened" for number in GOOD]
    assert [one["state"] for one in body["tiers"]] == expected
    assert body["tiers"][tier - 1]["reopened_because"] == "looked again"
    assert told(cast, "triage_reopened") == 1
    status = cast.jade.get(f"incidents/{incident_id}/status").json()
    assert (status["status"], status["with"]) == ("triaging", "incident_manager")
    assert status["history"][-1]["status"] == "triaging"
    running = Deadline.objects.filter(stage=Stage.TRIAGE, state=DeadlineState.OPEN)
    assert running.count() == 1


def test_what_was_there_is_the_draft_of_what_comes(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 5)
    reopen(cast, incident_id, 2)
    for tier in (2, 3, 4, 5):
        answer = cast.clara.put(f"incidents/{incident_id}/triage/{tier}", {})
        assert answer.status_code == 200, answer.content
    incident = Incident.objects.get()
    assert (incident.status, incident.eligible) == ("triaged", True)
    assert states(cast, incident_id) == ["complete"] * 5
    assert [one["reopened_because"] for one in triage(cast, incident_id)["tiers"]] == [None] * 5
    assert TimelineEntry.objects.filter(event="triaged").count() == 2
    assert Incident.objects.filter(postmortem__isnull=False).count() == 1


def test_only_a_complete_tier_is_opened_again(cast: Cast, incident_id: str) -> None:
    assert refused(reopen(cast, incident_id, 1)) == (409, "triage_tier_out_of_order")
    up_to(cast, incident_id, 1)
    patch(cast, incident_id, 2, git_rev="3f2a9bc")
    before = rows()
    assert refused(reopen(cast, incident_id, 2)) == (409, "triage_tier_out_of_order")
    for reason in ("", "  ", "x" * 301):
        assert refused(reopen(cast, incident_id, 1, reason)) == (400, "invalid_request")
    body = {"reason": "x", "by": "frank"}
    path = f"incidents/{incident_id}/triage/1/reopen"
    assert refused(cast.clara.post(path, body)) == (400, "invalid_request")
    assert rows() == before


def test_a_case_past_its_triage_is_not_touched(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 5)
    contained_in_database(incident_id)
    before = rows()
    assert refused(reopen(cast, incident_id, 5)) == (409, "triage_tier_out_of_order")
    assert refused(put(cast, incident_id, 5)) == (409, "triage_tier_out_of_order")
    assert refused(patch(cast, incident_id, 5, eligible=False)) == (409, "triage_tier_out_of_order")
    assert refused(retext(cast, incident_id, text="new")) == (409, "incident_text_fixed")
    assert rows() == before


def test_a_reason_with_a_secret_is_not_kept(cast: Cast, incident_id: str) -> None:
    import secrets

    up_to(cast, incident_id, 2)
    answer = reopen(cast, incident_id, 1, "ghp_" + secrets.token_hex(18))
    assert refused(answer) == (400, "invalid_request")
    assert states(cast, incident_id)[0] == "complete"


class TestText:
    def test_a_new_text_opens_the_privacy_gate(self, cast: Cast, incident_id: str) -> None:
        up_to(cast, incident_id, 5)
        before = triage(cast, incident_id)["tiers"][2]["content"]["text_sha256"]
        body = retext(
            cast, incident_id, text="prism_signal crashes for dana.fox@customer-mail.net"
        ).json()
        assert (body["status"], body["reopened_tiers"]) == ("triaging", [3, 4, 5])
        assert states(cast, incident_id) == ["complete", "complete", *["reopened"] * 3]
        assert told(cast, "triage_reopened") == 1
        incident = Incident.objects.get()
        assert incident.eligible is None
        assert incident.report.startswith("prism_signal crashes on every call.")
        again = cast.clara.put(f"incidents/{incident_id}/triage/3", {}).json()["content"]
        assert again["text_sha256"] == body["text_sha256"] != before
        assert "pii.email" in {one["type"] for one in again["findings"]}
        entry = TimelineEntry.objects.get(event="text_revised")
        assert entry.detail["text_sha256"] == body["text_sha256"]
        assert "dana" not in str(list(TimelineEntry.objects.values()))

    def test_the_same_text_opens_nothing(self, cast: Cast, incident_id: str) -> None:
        up_to(cast, incident_id, 5)
        before = rows()
        text = cast.clara.get(f"incidents/{incident_id}").json()["text"]
        assert text == GOOD[3]["text"]
        body = retext(cast, incident_id, text=text).json()
        assert (body["status"], body["reopened_tiers"]) == ("triaged", [])
        assert rows() == before

    def test_a_title_opens_nothing(self, cast: Cast, incident_id: str) -> None:
        up_to(cast, incident_id, 5)
        body = retext(cast, incident_id, title="prism_signal fails").json()
        assert (body["title"], body["status"], body["reopened_tiers"]) == (
            "prism_signal fails",
            "triaged",
            [],
        )

    def test_tier_3_hands_in_the_text_of_the_case(self, cast: Cast, incident_id: str) -> None:
        up_to(cast, incident_id, 2)
        put(cast, incident_id, 3, text="what it is about")
        assert cast.clara.get(f"incidents/{incident_id}").json()["text"] == "what it is about"
        report = Incident.objects.get().report
        put(cast, incident_id, 3, text=report)
        incident = Incident.objects.get()
        assert (incident.text, incident.case_text) == ("", report)
        assert "text" not in cast.jade.get(f"incidents/{incident_id}").json()

    def test_a_draft_of_the_gate_is_about_the_text_before(
        self, cast: Cast, incident_id: str
    ) -> None:
        patch(cast, incident_id, 3, text="as it was")
        retext(cast, incident_id, text="as it is")
        tier = triage(cast, incident_id)["tiers"][2]
        assert (tier["content"], set(tier["missing"])) == ({}, {"text"})

    def test_a_text_that_changed_behind_the_gate_is_found_at_the_end(
        self, cast: Cast, incident_id: str
    ) -> None:
        """Whatever wrote it: a shell, another service, a mistake of ours."""
        up_to(cast, incident_id, 4)
        Incident.objects.update(text="not what was scanned")
        answer = put(cast, incident_id, 5)
        assert refused(answer) == (409, "triage_text_changed")
        assert states(cast, incident_id)[2:] == ["reopened", "reopened", "not_begun"]
        incident = Incident.objects.get()
        assert (incident.status, incident.eligible) == ("triaging", None)
        for number in (3, 4):
            cast.clara.put(f"incidents/{incident_id}/triage/{number}", {})
        assert put(cast, incident_id, 5).status_code == 200
        scanned = triage(cast, incident_id)["tiers"][2]["content"]
        assert scanned["redacted_text"] == "not what was scanned"

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"text": ""},
            {"text": " \n "},
            {"text": 5},
            {"text": "x" * 200_001},
            {"title": ""},
            {"title": "x" * 201},
            {"text": "x", "report": "y"},
            {"text": None},
        ],
        ids=lambda change: str(change)[:40],
    )
    def test_a_text_of_another_form(
        self, cast: Cast, incident_id: str, change: dict[str, Any]
    ) -> None:
        up_to(cast, incident_id, 5)
        before = rows()
        assert refused(retext(cast, incident_id, **change)) == (400, "invalid_request")
        assert rows() == before


class TestEligibility:
    def test_every_rule_is_explained_and_kept(self, cast: Cast, incident_id: str) -> None:
        up_to(cast, incident_id, 5, tier_4={"scope": "mixed"})
        explained = cast.clara.get(f"incidents/{incident_id}").json()["eligibility"]
        assert [(one["rule"], one["holds"]) for one in explained["rules"]] == [
            ("scope_concerns_product", True),
            ("kind_may_leave", True),
            ("privacy_gate_passed", True),
        ]
        scanned = triage(cast, incident_id)["tiers"][2]["content"]
        assert explained["inputs"] == {
            "scope": "mixed",
            "kind": "incident",
            "allowed_kinds": ["incident"],
            "privacy_status": "passed",
            "text_sha256": scanned["text_sha256"],
            "scan_rule_set_version": scanned["rule_set_version"],
        }
        assert TriageTier.objects.get(tier=5).content["eligibility"] == explained
        assert triage(cast, incident_id)["eligibility"] == explained

    def test_a_contradiction_is_answered_with_the_explanation(
        self, cast: Cast, incident_id: str
    ) -> None:
        up_to(cast, incident_id, 4, tier_4={"scope": "customer-internal", "kind": "enhancement"})
        before = rows()
        answer = put(cast, incident_id, 5)
        assert refused(answer) == (409, "triage_eligibility_contradiction")
        explained = answer.json()["error"]["details"]["eligibility"]
        assert {one["rule"]: one["holds"] for one in explained["rules"]} == {
            "scope_concerns_product": False,
            "kind_may_leave": False,
            "privacy_gate_passed": True,
        }
        assert rows() == before

    def test_a_setting_that_changed_shows_in_what_was_stored(
        self, cast: Cast, incident_id: str, settings: Any
    ) -> None:
        settings.PHONE_HOME_KINDS = ["incident", "enhancement"]
        up_to(cast, incident_id, 5, tier_4={"kind": "enhancement"})
        settings.PHONE_HOME_KINDS = ["incident"]
        explained = cast.clara.get(f"incidents/{incident_id}").json()["eligibility"]
        assert explained["eligible"] is True
        assert explained["inputs"]["allowed_kinds"] == ["enhancement", "incident"]

    def test_each_severity_is_answered_with_its_meaning(self, cast: Cast, incident_id: str) -> None:
        up_to(cast, incident_id, 3)
        for severity, words in (("P0", "Data is lost"), ("P3", "Cosmetic")):
            body = put(cast, incident_id, 4, severity=severity).json()
            assert body["severity_definition"].startswith(words)
        assert set(triage(cast, incident_id)["severity_definitions"]) == {"P0", "P1", "P2", "P3"}


class TestBuiltInDesk:
    """The desk in `auto` mode."""

    @pytest.fixture
    def desk_case(self, cast: Cast, sweep: Callable[[], None]) -> Incident:
        cast.jade.report(REPORT)
        sweep()
        return Incident.objects.get()

    def test_it_fills_the_tiers_like_an_agent(self, cast: Cast, desk_case: Incident) -> None:
        shown = triage(cast, desk_case.incident_id)
        assert [one["state"] for one in shown["tiers"]] == ["complete"] * 5
        assert all(one["citations"] for one in shown["tiers"] if one["tier"] != 4)
        signed = {one["by"] for tier in shown["tiers"] for one in tier["fields"].values()}
        assert signed == {"system:desk"}
        assert shown["tiers"][1]["citations"][0]["source"] == "signal"
        assert desk_case.text == ""

    def test_it_does_again_what_an_operator_opened(
        self, cast: Cast, desk_case: Incident, sweep: Callable[[], None]
    ) -> None:
        (packet,) = desk_case.packets.all()
        reopen_tier(
            incident_id=desk_case.incident_id,
            tenant_id=desk_case.tenant_id,
            tier=4,
            reason="look again",
            by=User.objects.get(username="frank"),
        )
        assert desk_case.packets.get().status == "withdrawn"
        sweep()
        sweep()
        assert Incident.objects.get().status == "triaged"
        assert states(cast, desk_case.incident_id) == ["complete"] * 5
        again = desk_case.packets.exclude(pk=packet.pk).get()
        assert again.status == "pending_operator_review"

    def test_it_leaves_alone_what_clara_opened(
        self, cast: Cast, desk_case: Incident, sweep: Callable[[], None]
    ) -> None:
        reopen(cast, desk_case.incident_id, 4)
        sweep()
        assert Incident.objects.get().status == "triaging"
        assert states(cast, desk_case.incident_id)[3:] == ["reopened", "reopened"]

    def test_it_does_not_stage_again_what_clara_took_back(
        self, cast: Cast, desk_case: Incident, sweep: Callable[[], None]
    ) -> None:
        (packet,) = desk_case.packets.all()
        answer = cast.clara.post(f"phone-home/records/{packet.pk}/withdraw", {"reason": "not now"})
        assert answer.status_code == 200, answer.content
        sweep()
        assert desk_case.packets.count() == 1

    def test_it_goes_by_the_text_as_it_stands(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        incident_id = opened(cast, settings, "prism_signal crashes for dana.fox@customer-mail.net")
        text = "prism_todo crashes on an empty title, and there is no way around it."
        assert retext(cast, incident_id, text=text).status_code == 200
        settings.DESK_MODE = "auto"
        sweep()
        incident = Incident.objects.get()
        assert (incident.status, incident.case_text) == ("triaged", text)
        body = incident.packets.get().current.body_markdown
        assert "prism_todo crashes on an empty title" in body
        assert "prism_signal" not in body

    def test_it_meets_a_text_that_changed(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        incident_id = opened(cast, settings, REPORT)
        incident = Incident.objects.get()
        desk = SystemPrincipal("desk", incident.tenant_id)
        from incidents.services.complete_tier import complete_tier

        for number in (1, 2, 3, 4):
            complete_tier(
                incident_id=incident_id,
                tenant_id=incident.tenant_id,
                tier=number,
                content=GOOD[number],
                by=desk,
            )
        Incident.objects.update(text="changed meanwhile")
        settings.DESK_MODE = "auto"
        sweep()
        sweep()
        incident = Incident.objects.get()
        assert incident.status == "triaged"
        content = TriageTier.objects.get(tier=3).content
        assert content["redacted_text"] == "changed meanwhile"


def test_a_text_that_shows_nothing_is_refused(cast: Cast, settings: Any) -> None:
    incident_id = opened(cast, settings)
    answer = cast.clara.put(f"incidents/{incident_id}/text", {"text": "\u200b \u2060"})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["text"]
