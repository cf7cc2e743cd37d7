"""PUT and GET …/postmortem: blameless, versioned, with a timeline taken from the record."""

import secrets
import threading
from typing import Any

import pytest
from django.db import connections

from access.services.create_operator import create_operator
from incidents.models import Postmortem, PostmortemVersion
from tests.cast import BY, PASSWORD, Cast
from tests.incidents.lesson.cases import ACTION, SECTIONS, Case, code, ok

pytestmark = pytest.mark.django_db


def write(case: Case, **change: Any) -> Any:
    return case.clara.put(f"{case.path}/postmortem", {**SECTIONS, **change})


def read(case: Case, query: str = "", **headers: str) -> Any:
    return case.clara.get(f"{case.path}/postmortem{query}", **headers)


def test_tier_5_opens_it_with_a_first_version(case: Case) -> None:
    body = ok(read(case.triage()))
    assert (body["version"], body["summary"], body["impact"]) == (1, "A ticket was made twice.", "")
    assert body["written_by"] == "Clara@PID-PGR01"
    assert body["status"] == "open"
    assert body["postmortem_id"].startswith("pm-")
    # What is not written yet asks what and how.
    assert "*What was affected, how far, and for how long?*" in body["markdown"]
    assert "who" not in body["markdown"].lower()


def test_before_the_triage_is_complete_there_is_none(case: Case) -> None:
    for answer in (write(case), read(case), case.clara.get(f"{case.path}/postmortem/versions")):
        assert (answer.status_code, code(answer)) == (409, "postmortem_missing")
    refused = case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION)
    assert code(refused) == "postmortem_missing"


def test_each_writing_is_a_version_and_none_is_lost(case: Case) -> None:
    case.triage()
    body = ok(write(case, owners=["platform-safety"]))
    assert (body["version"], body["impact"]) == (2, SECTIONS["impact"])
    assert body["owners"] == ["platform-safety"]
    third = ok(write(case, impact="Thirty-nine tickets."))
    assert (third["version"], third["owners"]) == (3, ["platform-safety"])
    versions = ok(case.clara.get(f"{case.path}/postmortem/versions"))["results"]
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert ok(read(case, "?version=2"))["impact"] == SECTIONS["impact"]
    assert ok(read(case, "?version=1"))["summary"] == "A ticket was made twice."
    assert ok(read(case))["impact"] == "Thirty-nine tickets."
    assert Postmortem.objects.get(incident=case.row).summary == SECTIONS["summary"]
    page = ok(case.clara.get(f"{case.path}/postmortem/versions?limit=2"))
    assert len(page["results"]) == 2
    assert "cursor=" in page["next"]
    for query, status in (("?version=4", 404), ("?version=0", 400), ("?version=x", 400)):
        assert read(case, query).status_code == status


def test_the_page_as_it_stood_and_as_it_is(case: Case) -> None:
    case.triage()
    ok(write(case))
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    case.link().stop().moved("contained")
    then, now = ok(read(case, "?version=2"))["markdown"], ok(read(case))["markdown"]
    assert "None yet." in then
    assert ACTION["ref"] not in then
    assert "| change | chg-2026-04-09-003 | platform-runtime |" in now
    assert "| The damage is stopped. | the incident manager |" in now
    assert "The damage is stopped." not in then


def test_in_markdown(case: Case) -> None:
    case.triage()
    ok(write(case))
    answer = read(case, accept="text/markdown")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    text = answer.content.decode()
    order = [
        "# Postmortem pm-",
        "## Summary",
        "## Impact",
        "## Timeline",
        "## What worked",
        "## What did not work",
        "## Corrective actions",
    ]
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    for name in ("Clara", "Sage", "Jade", "frank", "PID-"):
        assert name not in text
    # A refusal is JSON whatever was asked for.
    refused = read(case, "?version=99", accept="text/markdown")
    assert (refused.status_code, code(refused)) == (404, "not_found")
    assert refused["Content-Type"] == "application/json"
    assert read(case, accept="text/csv").status_code == 406


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Clara closed the gate too late.", "Clara"),
        ("because Jade retried", "Jade"),
        ("It was Onyx's write.", "Onyx"),
        ("as Frank approved it", "Frank"),
        ("(Sage)", "Sage"),
        ("ET sent it twice", "ET"),
        ("ask @frank of it", "frank"),
        ("frank@PID-PGR01 signed it", "frank"),
        ("It shut. The gate was Frank's.", "Frank"),
    ],
)
@pytest.mark.parametrize("field", ["summary", "what_did_not"])
def test_nobody_is_named(case: Case, field: str, text: str, name: str) -> None:
    case.triage()
    refused = write(case, **{field: text})
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    (said,) = refused.json()["error"]["fields"][field]
    assert f"Names {name}" in said
    assert "role" in said
    assert PostmortemVersion.objects.count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "The incident manager shut the gate; an operator confirmed.",
        "To be frank: a sage remark on jade surfaces, and JADE of them.",
        "Frankly. Frank words help.\n- Frank ones, too",
        "et cetera, jaded clients, clarabel, sage_writer, frankly",
        "Ｎｏｔｈｉｎｇ \U0001f600 of that kind.",
    ],
)
def test_roles_and_other_words_are_welcome(case: Case, text: str) -> None:
    case.triage()
    assert ok(write(case, what_worked=text))["what_worked"] == text


def test_common_words_are_no_names(case: Case) -> None:
    """Accounts called will, mark and grant spoil no sentence."""
    for name in ("will", "mark", "grant"):
        create_operator(name=name, password=PASSWORD, by=BY)
    summary = "The retry will mark it twice and grant nothing. Will it happen again?"
    case.triage(tier_5={"postmortem_summary": summary})
    assert ok(read(case))["summary"] == summary
    assert write(case, impact="It will happen again.").status_code == 200
    refused = write(case, impact="It was seen by Will first.")
    assert "Names Will" in refused.json()["error"]["fields"]["impact"][0]


def test_names_of_another_tenant_are_words_here(case: Case, stranger: Cast) -> None:
    from tests.cast import agent

    agent(stranger.jade.persona.project, "Obsidian")
    case.triage()
    assert write(case, impact="Obsidian surfaces were scratched.").status_code == 200


def test_the_first_version_puts_roles_for_names(case: Case) -> None:
    case.triage(tier_5={"postmortem_summary": "Jade's retry wrote twice; Clara stopped it."})
    summary = ok(read(case))["summary"]
    assert (
        summary == "an agent of the project's retry wrote twice; the incident manager stopped it."
    )


def test_a_secret_is_not_kept_for_good(case: Case) -> None:
    case.triage()
    refused = write(case, impact="leaked ghp_" + secrets.token_hex(18))
    assert list(refused.json()["error"]["fields"]) == ["impact"]
    assert PostmortemVersion.objects.count() == 1


def test_one_from_before_there_were_versions(case: Case) -> None:
    """Its summary becomes version 1 with the first writing."""
    case.triage()
    row = Postmortem.objects.get(incident=case.row)
    other = Case(case.cast, "Another thing breaks.")
    old = Postmortem.objects.create(
        tenant_id=row.tenant_id, postmortem_id="pm-2026-01-01-001", incident=other.row,
        project=row.project, summary="From before.",
    )  # fmt: skip
    body = ok(read(other))
    assert (body["version"], body["summary"]) == (1, "From before.")
    assert ok(read(other, "?version=1"))["summary"] == "From before."
    assert not old.versions.exists()
    assert ok(write(other))["version"] == 2
    assert ok(read(other, "?version=1"))["summary"] == "From before."
    numbers = list(old.versions.order_by("id").values_list("number", flat=True))
    assert numbers == [1, 2]


def test_triaged_again_it_says_what_tier_5_says_now(case: Case) -> None:
    case.contained()
    ok(write(case))
    ok(case.move("triaging", "again"))
    case.triage(first=4, tier_5={"postmortem_summary": "It came back in wave 2."})
    body = ok(read(case))
    assert (body["version"], body["summary"]) == (3, "It came back in wave 2.")
    assert body["impact"] == SECTIONS["impact"]


@pytest.mark.parametrize(
    "change",
    [
        {"summary": ""},
        {"summary": " "},
        {"impact": 5},
        {"what_worked": None},
        {"what_did_not": "x" * 20_001},
        {"owners": "platform"},
        {"owners": ["x"] * 51},
        {"author": "Clara"},
        {"markdown": "# mine"},
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_body_that_makes_no_sense(case: Case, change: dict[str, Any]) -> None:
    case.triage()
    refused = write(case, **change)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert next(iter(change)) in refused.json()["error"]["fields"]
    assert PostmortemVersion.objects.count() == 1


def test_all_four_sections_are_asked_for(case: Case) -> None:
    case.triage()
    refused = case.clara.put(f"{case.path}/postmortem", {"summary": "x"})
    assert set(refused.json()["error"]["fields"]) == {"impact", "what_worked", "what_did_not"}


def test_it_is_claras(case: Case, stranger: Cast) -> None:
    case.triage()
    for path in ("postmortem", "postmortem/versions", "postmortem/corrective-actions"):
        for agent in (case.cast.jade, case.cast.sage):
            assert agent.get(f"{case.path}/{path}").status_code == 403
        assert stranger.clara.get(f"{case.path}/{path}").status_code == 404
    for agent, status in ((case.cast.jade, 403), (case.cast.sage, 403), (stranger.clara, 404)):
        assert agent.put(f"{case.path}/postmortem", SECTIONS).status_code == status
    assert PostmortemVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_get_a_number_each(case: Case) -> None:
    case.triage()
    start, statuses = threading.Barrier(4), []

    def work(number: int) -> None:
        start.wait(20)
        try:
            statuses.append(write(case, impact=f"Text {number}").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200] * 4
    rows = PostmortemVersion.objects.order_by("number")
    assert [one.number for one in rows] == [1, 2, 3, 4, 5]
    assert {one.sections["impact"] for one in rows[1:]} == {f"Text {n}" for n in range(4)}
