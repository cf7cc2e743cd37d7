"""The record's facts: set, marked unknown, cleared, and kept once the case is contained."""

import secrets
from typing import Any

import pytest

from incidents.documents.shape import validator
from incidents.events import describe
from incidents.models import Incident, TimelineEntry
from incidents.services.add_category import add_category
from incidents.services.retire_category import retire_category
from tests.cast import BY, Cast
from tests.incidents.cases import LINKS, contained_in_database, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast, settings: Any) -> str:
    return opened(cast, settings)


def linked_entries() -> list[TimelineEntry]:
    return list(TimelineEntry.objects.filter(event="linked"))


def test_a_new_case_keeps_what_the_report_says_of_its_run(cast: Cast, settings: Any) -> None:
    sent = {**LINKS, "text": "create_ticket ran twice", "owner": "not a linking id"}
    body = cast.clara.get(f"incidents/{opened(cast, settings, sent)}").json()
    assert {name: body[name] for name in LINKS} == LINKS
    assert body["owner"] is None
    assert body["detected_by"] == "customer_agent"


@pytest.mark.parametrize(
    "value", ["", "two words", "x" * 201, "tab\there", "trace\n", 5, ["trace"], {"a": 1}, None]
)
def test_an_id_of_another_form_is_left_to_the_text(cast: Cast, settings: Any, value: Any) -> None:
    case = opened(cast, settings, {"text": "it crashes", "trace_id": value, "session_id": "s-1"})
    body = cast.clara.get(f"incidents/{case}").json()
    assert body["trace_id"] is None
    assert body["session_id"] == "s-1"


def test_without_an_agent_id_the_reporter_is_the_agent(cast: Cast, case: str) -> None:
    assert cast.clara.get(f"incidents/{case}").json()["agent_id"] == "Jade@PID-DPA01"


def test_facts_are_set_marked_unknown_and_cleared(cast: Cast, case: str) -> None:
    sent = {
        "trace_id": "trace-1",
        "bundle_id": {"unknown": "the run predates bundles"},
        "category": "duplicate_side_effect",
        "affected_surfaces": ["approval_path", "tool_gateway"],
        "owner": "platform operations",
    }
    answer = cast.clara.request("PATCH", f"incidents/{case}", sent)
    assert answer.status_code == 200, answer.content
    body = cast.clara.get(f"incidents/{case}").json()
    assert {name: body[name] for name in sent} == sent
    cleared = cast.clara.request("PATCH", f"incidents/{case}", dict.fromkeys(sent)).json()
    assert [cleared[name] for name in sent] == [None, None, None, [], None]
    assert Incident.objects.get().unknown == {}


def test_the_timeline_keeps_what_was_and_what_is(cast: Cast, case: str) -> None:
    sent = {"session_id": {"unknown": "the log is lost"}, "owner": "team-a"}
    cast.clara.request("PATCH", f"incidents/{case}", sent)
    again = {"session_id": "s-1", "owner": "team-b", "affected_surfaces": ["x"]}
    cast.clara.request("PATCH", f"incidents/{case}", again)
    first, second = linked_entries()
    assert first.actor == "Clara@PID-PGR01"
    assert first.detail == {
        "fields": ["owner", "session_id"],
        "unknown": ["session_id"],
        "before": {"owner": None, "session_id": None},
        "after": sent,
    }
    assert second.detail["before"] == {**sent, "affected_surfaces": []}
    assert second.detail["after"] == again
    # What is said of it in a sentence, a postmortem's too, names the fields alone.
    assert describe("linked", second.detail) == "Recorded: affected surfaces, owner, session id."


def test_what_is_so_already_leaves_no_entry(cast: Cast, case: str) -> None:
    for sent in ({"trace_id": "trace-1"}, {"trace_id": "trace-1"}, {}):
        assert cast.clara.request("PATCH", f"incidents/{case}", sent).status_code == 200
    assert len(linked_entries()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trace_id", ""),
        ("trace_id", "two words"),
        ("trace_id", "line\n"),
        ("trace_id", "x" * 201),
        ("trace_id", 5),
        ("trace_id", True),
        ("trace_id", ["trace-1"]),
        ("trace_id", {"unknown": ""}),
        ("trace_id", {"unknown": "  "}),
        ("trace_id", {"unknown": "x" * 501}),
        ("trace_id", {"unknown": 5}),
        ("trace_id", {"unknown": "why", "more": 1}),
        ("trace_id", {"reason": "why"}),
        ("owner", "\u202egnp.exe"),
        ("affected_surfaces", "approval_path"),
        ("affected_surfaces", ["a", "a"]),
        ("affected_surfaces", ["two words"]),
        ("affected_surfaces", [None]),
        ("affected_surfaces", [f"s{n}" for n in range(51)]),
        ("category", "made_up"),
        ("category", "Routing Failure"),
        ("incident_id", "inc-2026-04-09-001"),
        ("status", "closed"),
        ("severity", "P0"),
    ],
)
def test_a_wrong_fact_is_named_and_changes_nothing(
    cast: Cast, case: str, name: str, value: Any
) -> None:
    before = Incident.objects.values().get()
    answer = cast.clara.request("PATCH", f"incidents/{case}", {"session_id": "s-1", name: value})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"]["fields"]) == [name]
    assert Incident.objects.values().get() == before
    assert linked_entries() == []


def test_a_secret_is_no_fact(cast: Cast, case: str, settings: Any) -> None:
    token = f"ghp_{secrets.token_hex(18)}"
    for value in (token, {"unknown": f"it was {token}"}):
        answer = cast.clara.request("PATCH", f"incidents/{case}", {"trace_id": value})
        assert list(answer.json()["error"]["fields"]) == ["trace_id"]
        assert token not in answer.content.decode()
    other = opened(cast, settings, {"text": "another crash", "session_id": token})
    assert cast.clara.get(f"incidents/{other}").json()["session_id"] is None
    assert token not in str(list(TimelineEntry.objects.values_list("detail")))


def test_a_document_redacts_what_a_reported_title_gives_away(cast: Cast, settings: Any) -> None:
    token = f"ghp_{secrets.token_hex(18)}"
    case = opened(cast, settings, f"login of ann.other@kundenhof-werk.de fails with {token}")
    document = cast.clara.get(f"incidents/{case}/record").json()
    assert "login of" in document["title"]
    assert token not in document["title"]
    assert "ann.other" not in document["title"]
    assert validator("incident_record").is_valid(document)


def test_only_clara_sets_facts_and_only_of_her_tenant(
    cast: Cast, stranger: Cast, case: str
) -> None:
    sent = {"trace_id": "trace-1"}
    for agent in (cast.jade, cast.sage, cast.onyx):
        assert agent.request("PATCH", f"incidents/{case}", sent).status_code == 403
    answer = stranger.clara.request("PATCH", f"incidents/{case}", sent)
    assert answer.json()["error"]["code"] == "not_found"
    assert linked_entries() == []


def test_the_reporter_does_not_read_the_record(cast: Cast, case: str) -> None:
    cast.clara.request("PATCH", f"incidents/{case}", {"owner": "canary"})
    for path in (f"incidents/{case}", "incidents"):
        text = cast.jade.get(path).content.decode()
        assert "canary" not in text
        assert "containment_actions" not in text


class TestOnceContained:
    @pytest.fixture
    def contained(self, case: str) -> str:
        contained_in_database(case)
        return case

    def test_a_known_id_is_corrected(self, cast: Cast, contained: str) -> None:
        answer = cast.clara.request("PATCH", f"incidents/{contained}", {"bundle_id": "bundle-b"})
        assert answer.json()["bundle_id"] == "bundle-b"

    @pytest.mark.parametrize("value", [None, {"unknown": "we lost it"}])
    @pytest.mark.parametrize("name", LINKS)
    def test_and_not_taken_away(self, cast: Cast, contained: str, name: str, value: Any) -> None:
        answer = cast.clara.request("PATCH", f"incidents/{contained}", {name: value})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "incident_links_missing")
        assert error["details"] == {"missing": [name]}
        assert getattr(Incident.objects.get(), name) == LINKS[name]

    def test_an_unknown_one_is_found_after_all(self, cast: Cast, contained: str) -> None:
        Incident.objects.update(change_id="", unknown={"change_id": "nobody wrote it down"})
        path = f"incidents/{contained}"
        refused = cast.clara.request("PATCH", path, {"change_id": None})
        assert refused.status_code == 409
        answer = cast.clara.request("PATCH", path, {"change_id": "chg-9"})
        assert answer.json()["change_id"] == "chg-9"

    def test_what_is_no_link_may_go(self, cast: Cast, contained: str) -> None:
        answer = cast.clara.request("PATCH", f"incidents/{contained}", {"owner": None})
        assert answer.status_code == 200


class TestCategories:
    def test_agents_read_the_taxonomy(self, cast: Cast, stranger: Cast) -> None:
        tenant_id = cast.home.tenant_id
        add_category(name="billing", meaning="About money.", tenant_id=tenant_id, by=BY)
        rows = {row["name"]: row for row in cast.jade.get("categories").json()["results"]}
        assert rows["billing"]["own"] is True
        assert rows["data_loss"] == {
            "name": "data_loss",
            "meaning": "Data is gone or damaged.",
            "own": False,
            "retired_at": None,
        }
        names = {row["name"] for row in stranger.jade.get("categories").json()["results"]}
        assert "billing" not in names

    def test_a_retired_one_stays_readable_and_is_not_given(self, cast: Cast, case: str) -> None:
        tenant_id = cast.home.tenant_id
        add_category(name="billing", meaning="About money.", tenant_id=tenant_id, by=BY)
        path = f"incidents/{case}"
        assert cast.clara.request("PATCH", path, {"category": "billing"}).status_code == 200
        retire_category(name="billing", tenant_id=tenant_id, by=BY)
        assert cast.clara.get(path).json()["category"] == "billing"
        again = cast.clara.request("PATCH", path, {"category": "billing"})
        assert again.status_code == 200  # it is so already
        cast.clara.request("PATCH", path, {"category": "other"})
        refused = cast.clara.request("PATCH", path, {"category": "billing"})
        text = refused.json()["error"]["fields"]["category"][0]
        assert "other" in text
        assert "billing" not in text

    def test_incidents_are_found_by_category(self, cast: Cast, settings: Any, case: str) -> None:
        other = opened(cast, settings, "another crash: ValueError in prism_todo")
        cast.clara.request("PATCH", f"incidents/{case}", {"category": "data_loss"})
        for query, expected in (
            ("category=data_loss", [case]),
            ("category=other", []),
            ("pid=PID-DPA01&status=reported", [other, case]),
        ):
            rows = cast.clara.get(f"incidents?{query}").json()["results"]
            assert [row["incident_id"] for row in rows] == expected


def test_a_reporter_does_not_ask_by_category(cast: Cast, sweep: Any) -> None:
    """It is not told the category; whether its case is found would tell."""
    cast.jade.report()
    sweep()
    case = cast.jade.get("incidents").json()["results"][0]["incident_id"]
    cast.clara.request("PATCH", f"incidents/{case}", {"category": "tool_failure"})
    answer = cast.jade.get("incidents?category=tool_failure")
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["category"])
    found = cast.clara.get("incidents?category=tool_failure").json()["results"]
    assert [one["incident_id"] for one in found] == [case]
