"""Journals and todos: of one's own project, and of no other's (SPEC-116 §Artifact ownership)."""

from typing import Any

import pytest

from incidents.models import JournalEntry, TimelineEntry, Todo
from kernel.ids import new_id
from tests.cast import Agent, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident_id(cast: Cast, settings: Any) -> str:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report("prism_signal crashes")["intake_id"]
    verdict = {"classification": "incident", "rationale": "it crashes"}
    body = cast.sage.post(f"intake/{intake_id}/classification", verdict).json()
    return str(body["incident_id"])


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def agents(cast: Cast) -> list[Agent]:
    return [cast.jade, cast.onyx, cast.sage, cast.clara]


def counts() -> tuple[int, int, int]:
    return JournalEntry.objects.count(), Todo.objects.count(), TimelineEntry.objects.count()


def test_everybody_writes_at_home(cast: Cast) -> None:
    for one in agents(cast):
        entry = one.post("journal", {"text": "seen", "refs": {"issue": "42"}, "pid": one.pid})
        todo = one.post("todos", {"title": "look again"})
        assert (entry.status_code, todo.status_code) == (201, 201), entry.content
        assert entry.json()["author"] == f"{one.persona.identity}@{one.pid}"
        assert (entry.json()["pid"], todo.json()["pid"]) == (one.pid, one.pid)
        assert entry.json()["refs"] == {"issue": "42"}
        assert (todo.json()["lane_owner"], todo.json()["status"]) == (one.persona.identity, "open")
    homes = {str(one.project_id) for one in JournalEntry.objects.filter(author__contains="PGR01")}
    assert homes == {str(cast.home.pk)}


def test_no_project_shows_anothers(cast: Cast, stranger: Cast) -> None:
    for one in [*agents(cast), *agents(stranger)]:
        one.post("journal", {"text": f"of {one.pid}"})
        one.post("todos", {"title": f"of {one.pid}"})
    for one in [*agents(cast), *agents(stranger)]:
        shared = 2 if one.persona.project.is_home else 1  # Sage and Clara share the home project
        entries = one.get("journal").json()["results"]
        todos = one.get("todos").json()["results"]
        assert [entry["text"] for entry in entries] == [f"of {one.pid}"] * shared
        assert [todo["title"] for todo in todos] == [f"of {one.pid}"] * shared


@pytest.mark.parametrize("pid", ["PID-XYZ02", "PID-PGR01", "PID-NONE9", "pid-dpa01"])
def test_another_project_is_refused_whether_it_exists_or_not(cast: Cast, pid: str) -> None:
    mine = cast.jade.post("todos", {"title": "mine"}).json()["todo_id"]
    before = counts()
    for answer in (
        cast.jade.post("journal", {"text": "x", "pid": pid}),
        cast.jade.post("todos", {"title": "x", "pid": pid}),
        cast.jade.request("PATCH", f"todos/{mine}", {"status": "done", "pid": pid}),
        cast.jade.get(f"journal?pid={pid}"),
        cast.jade.get(f"todos?pid={pid}"),
    ):
        assert refused(answer) == (403, "artifact_wrong_project")
    assert counts() == before
    assert Todo.objects.get().status == "open"


def test_the_desk_does_not_write_into_a_customers_project(cast: Cast) -> None:
    for one in (cast.sage, cast.clara):
        for path, body in (("journal", {"text": "x"}), ("todos", {"title": "x"})):
            answer = one.post(path, {**body, "pid": "PID-DPA01"})
            assert refused(answer) == (403, "artifact_wrong_project")
    assert counts() == (0, 0, 0)


def test_an_entry_may_be_about_a_case_that_one_may_see(
    cast: Cast, stranger: Cast, incident_id: str
) -> None:
    for one in (cast.sage, cast.clara, cast.jade):
        answer = one.post("journal", {"text": "about it", "incident_id": incident_id})
        assert answer.status_code == 201
        assert answer.json()["incident_id"] == incident_id
        listed = one.get(f"journal?incident_id={incident_id}").json()["results"]
        assert listed[0]["journal_id"] == answer.json()["journal_id"]
    # The customer's own line is no event of the desk's timeline.
    written = TimelineEntry.objects.filter(event="journal_written")
    assert {one.actor for one in written} == {"Sage@PID-PGR01", "Clara@PID-PGR01"}
    before = counts()
    for one in (cast.onyx, stranger.clara, stranger.jade):
        answer = one.post("journal", {"text": "about it", "incident_id": incident_id})
        assert refused(answer) == (404, "not_found")
        assert refused(one.get(f"journal?incident_id={incident_id}")) == (404, "not_found")
    assert counts() == before


def test_a_todo_is_ticked_off_and_taken_up_again(cast: Cast) -> None:
    todo = cast.jade.post("todos", {"title": "try 1.4.1", "detail": "when it is out"}).json()
    path = f"todos/{todo['todo_id']}"
    done = cast.jade.request("PATCH", path, {"status": "done"}).json()
    assert done["done_at"] is not None
    again = cast.jade.request("PATCH", path, {"title": "still"}).json()
    assert (again["done_at"], again["title"]) == (done["done_at"], "still")
    opened = cast.jade.request("PATCH", path, {"status": "open", "lane_owner": "Ivy"}).json()
    assert (opened["done_at"], opened["lane_owner"]) == (None, "Ivy")
    assert cast.jade.get(path).json() == opened
    assert cast.jade.get("todos?status=done").json()["results"] == []
    assert len(cast.jade.get("todos?status=open&lane_owner=Ivy").json()["results"]) == 1


def test_anothers_todo_is_not_there(cast: Cast, stranger: Cast) -> None:
    todo = cast.jade.post("todos", {"title": "mine"}).json()["todo_id"]
    for one in (cast.onyx, cast.sage, stranger.jade):
        assert refused(one.get(f"todos/{todo}")) == (404, "not_found")
        answer = one.request("PATCH", f"todos/{todo}", {"status": "done"})
        assert refused(answer) == (404, "not_found")
    assert refused(cast.jade.get(f"todos/{new_id()}")) == (404, "not_found")
    assert Todo.objects.get().status == "open"


def test_what_the_desk_routed_is_on_the_home_projects_list(cast: Cast, sweep: Any) -> None:
    cast.jade.report("Feature request: please add a dark mode to the console")
    sweep()
    titles = [one["title"] for one in cast.sage.get("todos").json()["results"]]
    assert len(titles) == 1
    assert cast.jade.get("todos").json()["results"] == []


def test_pages_are_cut_by_id(cast: Cast) -> None:
    for number in range(5):
        cast.jade.post("journal", {"text": str(number)})
    first = cast.jade.get("journal?limit=3").json()
    cursor = first["next"].split("cursor=")[1].split("&")[0]
    second = cast.jade.get(f"journal?limit=3&cursor={cursor}").json()
    assert [one["text"] for one in [*first["results"], *second["results"]]] == list("43210")
    assert second["next"] is None


def test_the_same_key_writes_once(cast: Cast) -> None:
    for _ in range(2):
        for path, body in (("journal", {"text": "x"}), ("todos", {"title": "x"})):
            answer = cast.jade.post(path, body, idempotency_key=f"once-{path}")
            assert answer.status_code == 201
    assert counts()[:2] == (1, 1)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("journal", {}, "text"),
        ("journal", {"text": " "}, "text"),
        ("journal", {"text": 5}, "text"),
        ("journal", {"text": "x" * 200_001}, "text"),
        ("journal", {"text": "x", "author": "Clara"}, "author"),
        ("journal", {"text": "x", "refs": ["a"]}, "refs"),
        ("journal", {"text": "x", "refs": {"a": 5}}, "refs"),
        ("journal", {"text": "x", "refs": {"": "a"}}, "refs"),
        ("journal", {"text": "x", "refs": {str(n): "a" for n in range(51)}}, "refs"),
        ("journal", {"text": "x", "pid": None}, "pid"),
        ("todos", {}, "title"),
        ("todos", {"title": "x" * 201}, "title"),
        ("todos", {"title": "x", "status": "done"}, "status"),
        ("todos", {"title": "x", "lane_owner": ""}, "lane_owner"),
        ("todos", {"title": "x", "project": "PID-PGR01"}, "project"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bodies_of_another_form(cast: Cast, path: str, body: dict[str, Any], field: str) -> None:
    answer = cast.jade.post(path, body)
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["error"]["fields"]
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize(
    "change", [{}, {"status": "later"}, {"title": ""}, {"done_at": "2026-01-01"}, {"status": 1}]
)
def test_changes_of_another_form(cast: Cast, change: dict[str, Any]) -> None:
    todo = cast.jade.post("todos", {"title": "mine"}).json()["todo_id"]
    answer = cast.jade.request("PATCH", f"todos/{todo}", change)
    assert refused(answer) == (400, "invalid_request")
    assert cast.jade.get(f"todos/{todo}").json()["title"] == "mine"


def test_queries_of_another_form(cast: Cast) -> None:
    for query in ("todos?status=later", "todos?limit=0", "journal?author=Jade", "todos?cursor=x"):
        assert refused(cast.jade.get(query)) == (400, "invalid_request")
