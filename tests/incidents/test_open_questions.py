"""What no rule answers is on somebody's list, and a reply to what is settled is a new report."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.desk.answers import NO_ANSWER
from incidents.models import Deadline, Incident, Intake, Todo
from tests.cast import Agent, Cast

pytestmark = pytest.mark.django_db

UNKNOWN = "Does Clara speak German?"
LOST = "prism_memory deleted all our data: everything is lost since the upgrade."
WISH = "Feature request: please add a dark mode to the console"


def settled(cast: Cast, settings: Any, sweep: Callable[[], None], text: str = UNKNOWN) -> str:
    """A report that the built-in desk settled; its id."""
    settings.DESK_MODE = "auto"
    intake_id = str(cast.jade.report(text)["intake_id"])
    sweep()
    return intake_id


def last_word(reporter: Agent) -> dict[str, Any]:
    return reporter.inbox()[-1]


def reply(reporter: Agent, to: dict[str, Any], text: str, **more: Any) -> Any:
    body = {"in_reply_to": to["signal_id"], "signal_type": "Question", "payload": text, **more}
    answer = reporter.post("signals", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


class TestNoAnswer:
    def check(self, cast: Cast, intake_id: str) -> None:
        body = cast.jade.get(f"intake/{intake_id}").json()
        todo = Todo.objects.get()
        assert (body["status"], body["classification"]) == ("answered", "info")
        assert body["todo_id"] == str(todo.pk)
        assert (todo.project, todo.lane_owner, todo.status) == (cast.home, "Sage", "open")
        assert todo.detail == UNKNOWN
        (task,) = [one for one in cast.sage.inbox() if one["signal_type"] == "Task"]
        assert task["payload"]["todo_id"] == str(todo.pk)
        told = last_word(cast.jade)["payload"]
        assert (told["text"], told["todo_id"]) == (NO_ANSWER, str(todo.pk))
        assert Intake.objects.count() == 1

    def test_in_auto_it_is_on_sages_list(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        intake_id = settled(cast, settings, sweep)
        sweep()
        self.check(cast, intake_id)

    def test_in_assist_too_once_sage_says_what_is_suggested(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settings.DESK_MODE = "assist"
        intake_id = cast.jade.report(UNKNOWN)["intake_id"]
        sweep()
        suggested = cast.sage.get(f"intake/{intake_id}").json()["suggested"]
        assert not Todo.objects.exists()
        verdict = {name: suggested[name] for name in ("classification", "rationale", "answer")}
        answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
        assert answer.status_code == 200, answer.content
        self.check(cast, intake_id)

    def test_an_answer_of_sages_own_puts_nothing_there(self, cast: Cast, settings: Any) -> None:
        settings.DESK_MODE = "agents"
        intake_id = cast.jade.report(UNKNOWN)["intake_id"]
        verdict = {"classification": "info", "rationale": "asked before", "answer": "She does."}
        body = cast.sage.post(f"intake/{intake_id}/classification", verdict).json()
        assert body["todo_id"] is None
        assert not Todo.objects.exists()

    def test_a_known_topic_puts_nothing_there(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settled(cast, settings, sweep, "How do I report a bug?")
        assert not Todo.objects.exists()


class TestAReplyToWhatIsSettled:
    @pytest.mark.parametrize("kind", ["Question", "Task"])
    @pytest.mark.parametrize("text", [UNKNOWN, WISH])
    def test_is_a_report_in_auto(
        self, cast: Cast, settings: Any, sweep: Callable[[], None], text: str, kind: str
    ) -> None:
        settled(cast, settings, sweep, text)
        told = last_word(cast.jade)
        sent = reply(cast.jade, told, LOST, signal_type=kind)
        intake = cast.jade.get(f"intake/{sent['intake_id']}").json()
        assert (intake["status"], intake["signal_id"]) == ("received", sent["signal_id"])
        assert Deadline.objects.filter(intake_id=sent["intake_id"], state="open").count() == 1
        sweep()
        intake = cast.jade.get(f"intake/{sent['intake_id']}").json()
        assert (intake["status"], intake["classification"]) == ("handed_off", "incident")
        case = Incident.objects.get()
        assert case.report == LOST
        said = [one for one in cast.jade.inbox() if one["in_reply_to"] == sent["signal_id"]]
        assert said[0]["payload"]["incident_id"] == case.incident_id
        # Its conversation is the case's, as of any report.
        heard = case.timeline.filter(event="message", detail__direction="from_reporter")
        assert [one.detail["signal_id"] for one in heard] == [sent["signal_id"]]
        again = reply(cast.jade, said[0], "It goes on.")
        assert again["intake_id"] is None
        assert heard.all().count() == 2

    @pytest.mark.parametrize("mode", ["agents", "assist"])
    def test_is_sages_to_classify_in_the_other_modes(
        self, cast: Cast, settings: Any, sweep: Callable[[], None], mode: str
    ) -> None:
        settled(cast, settings, sweep)
        settings.DESK_MODE = mode
        sent = reply(cast.jade, last_word(cast.jade), LOST)
        sweep()
        shown = cast.sage.get(f"intake/{sent['intake_id']}").json()
        assert (shown["status"], bool(shown["suggested"])) == ("received", mode == "assist")
        verdict = {"classification": "incident", "rationale": "data is lost"}
        answer = cast.sage.post(f"intake/{sent['intake_id']}/classification", verdict)
        assert answer.status_code == 200, answer.content
        assert answer.json()["status"] == "handed_off"

    def test_to_clara_about_a_withdrawn_case(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settings.DESK_MODE = "agents"
        first = cast.jade.report()["intake_id"]
        verdict = {"classification": "incident", "rationale": "it breaks"}
        assert cast.sage.post(f"intake/{first}/classification", verdict).status_code == 200
        assert cast.jade.post(f"intake/{first}/withdraw").status_code == 200
        told = [one for one in cast.jade.inbox() if one["from"]["identity"] == "Clara"][-1]
        sent = reply(cast.jade, told, LOST)
        assert sent["to"]["identity"] == "Clara"
        handed = last_word(cast.sage)
        assert (handed["signal_type"], handed["in_reply_to"]) == ("Handoff", sent["signal_id"])
        assert handed["payload"] == {"intake_id": sent["intake_id"]}
        answer = cast.sage.post(f"intake/{sent['intake_id']}/classification", verdict)
        assert answer.status_code == 200, answer.content
        assert answer.json()["status"] == "handed_off"
        assert Incident.objects.count() == 2
        heard = last_word(cast.jade)
        assert heard["in_reply_to"] == sent["signal_id"]
        assert heard["payload"]["incident_id"] == answer.json()["incident_id"]
        assert (
            cast.clara.post(
                "signals",
                {
                    "in_reply_to": sent["signal_id"],
                    "signal_type": "Answer",
                    "payload": "Since when?",
                },
            ).status_code
            == 201
        )

    def test_a_word_of_thanks_is_none(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settled(cast, settings, sweep)
        told = last_word(cast.jade)
        for kind in ("Answer", "Notice", "Status"):
            assert reply(cast.jade, told, "Thank you.", signal_type=kind)["intake_id"] is None
        assert Intake.objects.count() == 1

    def test_a_question_for_the_status_is_answered(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settled(cast, settings, sweep)
        sent = reply(cast.jade, last_word(cast.jade), "Any news on my report?")
        assert sent["intake_id"] is None
        assert last_word(cast.jade)["in_reply_to"] == sent["signal_id"]

    def test_about_an_open_case_it_is_conversation(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settled(cast, settings, sweep, LOST)
        sent = reply(cast.jade, last_word(cast.jade), "prism_memory crashes as well.")
        assert sent["intake_id"] is None
        assert Intake.objects.count() == 1

    def test_of_the_desk_itself_it_is_none(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        intake_id = settled(cast, settings, sweep)
        signal_id = cast.sage.get(f"intake/{intake_id}").json()["signal_id"]
        sent = reply(cast.sage, {"signal_id": signal_id}, "Which version do you run?")
        assert sent["intake_id"] is None
        assert Intake.objects.count() == 1
