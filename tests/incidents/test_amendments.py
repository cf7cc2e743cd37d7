"""The same classification again, with something else to say."""

from typing import Any

import pytest

from bridge.models import Signal
from incidents.desk.answers import NO_ANSWER
from incidents.models import ClassificationRow, Intake, Todo
from tests.cast import Cast, agent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _agents_sit_at_the_desk(settings: Any) -> None:
    settings.DESK_MODE = "agents"


def say(cast: Cast, intake_id: str, what: str, *, again: bool = True, **more: Any) -> Any:
    verb = "reclassification" if again else "classification"
    body = {"classification": what, "rationale": "because", **more}
    answer = cast.sage.post(f"intake/{intake_id}/{verb}", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_another_answer_is_a_further_reply(cast: Cast) -> None:
    report = cast.jade.report()
    say(cast, report["intake_id"], "info", again=False, answer="It works like this.")
    for answer in ("It works like this.", "It works like that.", "It works like that."):
        say(cast, report["intake_id"], "info", answer=answer)
    say(cast, report["intake_id"], "info")
    heard = [(one["payload"]["text"], one["in_reply_to"]) for one in cast.jade.inbox()]
    assert heard == [
        ("It works like this.", report["signal_id"]),
        ("It works like that.", report["signal_id"]),
    ]
    assert ClassificationRow.objects.count() == 5


def test_the_answer_of_a_person_ends_the_todo(cast: Cast) -> None:
    intake_id = cast.jade.report()["intake_id"]
    say(cast, intake_id, "info", again=False, answer=NO_ANSWER)
    todo = Todo.objects.get()
    assert say(cast, intake_id, "info", answer="She does.")["todo_id"] is None
    todo.refresh_from_db()
    assert todo.status == "done"
    assert cast.jade.inbox()[-1]["payload"]["text"] == "She does."


@pytest.mark.parametrize("kind", ["enhancement", "recommendation"])
def test_another_owner_and_title_move_the_todo(cast: Cast, kind: str) -> None:
    dora, evan = agent(cast.home, "Dora"), agent(cast.home, "Evan")
    intake_id = cast.jade.report()["intake_id"]
    say(cast, intake_id, kind, again=False, lane_owner="Dora", title="Dark")
    before = Signal.objects.count()
    say(cast, intake_id, kind, lane_owner="Dora", title="Dark")
    say(cast, intake_id, kind)
    assert Signal.objects.count() == before
    shown = say(cast, intake_id, kind, lane_owner="Evan", title="Dark theme")
    todo = Todo.objects.get()
    assert shown["todo_id"] == str(todo.pk)
    assert (todo.lane_owner, todo.title, todo.status) == ("Evan", "Dark theme", "open")
    assert (len(dora.inbox()), len(evan.inbox())) == (1, 1)
    assert evan.inbox()[0]["payload"]["todo_id"] == str(todo.pk)
    assert evan.inbox()[0]["payload"]["title"] == "Dark theme"


def test_never_to_clara(cast: Cast) -> None:
    intake_id = cast.jade.report()["intake_id"]
    say(cast, intake_id, "enhancement", again=False, lane_owner="docs")
    body = {"classification": "enhancement", "rationale": "x", "lane_owner": "Clara"}
    answer = cast.sage.post(f"intake/{intake_id}/reclassification", body)
    assert answer.status_code == 400
    assert Todo.objects.get().lane_owner == "docs"
    assert Intake.objects.get().todo == Todo.objects.get()
