"""Asked by a signal where a case is, Sage answers at once, whoever sits at the desk."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.answering import NO_OPEN_CASE, NO_SUCH_CASE
from incidents.models import Incident, Intake
from tests.cast import Agent, Cast, a_fault, agent

pytestmark = pytest.mark.django_db
MODES = ("auto", "assist", "agents")


def case(cast: Cast, reporter: Agent, settings: Any, text: str | None = None) -> str:
    """An incident of the reporter's, by Sage's verdict; its id."""
    before, settings.DESK_MODE = settings.DESK_MODE, "agents"
    intake_id = reporter.report(text)["intake_id"]
    verdict = {"classification": "incident", "rationale": "it breaks"}
    answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
    assert answer.status_code == 200, answer.content
    settings.DESK_MODE = before
    return str(answer.json()["incident_id"])


def ask(reporter: Agent, payload: Any, kind: str = "Status", **more: Any) -> dict[str, Any]:
    """Sage's answer to a signal that is no report."""
    sent = reporter.report(payload, signal_type=kind, **more)
    assert sent["intake_id"] is None
    assert sent["status"] == "answered"
    (answer,) = [one for one in reporter.inbox() if one["in_reply_to"] == sent["signal_id"]]
    assert (answer["signal_type"], answer["category"]) == ("Answer", "status")
    assert answer["from"]["identity"] == "Sage"
    return dict(answer["payload"])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("Status", "{}"),
        ("Status", {"incident_id": "{}"}),
        ("Status", "How far are you with {}?"),
        ("Question", "What is the status of {}?"),
        ("Question", "Any news on {}, the crash of the worker?"),
        ("Question", "{}"),
        ("Question", "Hi Sage, {}?"),
    ],
)
def test_a_case_that_is_named(
    cast: Cast, settings: Any, mode: str, kind: str, payload: Any
) -> None:
    settings.DESK_MODE = mode
    incident_id = case(cast, cast.jade, settings)
    named = (
        payload.format(incident_id.upper())
        if isinstance(payload, str)
        else {key: value.format(incident_id) for key, value in payload.items()}
    )
    answer = ask(cast.jade, named, kind)
    status = cast.jade.get(f"incidents/{incident_id}/status").json()
    assert {name: answer[name] for name in status} == status
    assert answer["text"] == status["headline"]
    assert Intake.objects.count() == 1


def test_it_says_where_with_whom_and_since_when(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    incident_id = case(cast, cast.jade, settings)
    before = ask(cast.jade, incident_id)
    assert (before["status"], before["with"]) == ("reported", "incident_manager")
    settings.DESK_MODE = "auto"
    sweep()
    after = ask(cast.jade, incident_id)
    assert (after["status"], after["with"]) == ("triaged", "operator")
    assert before["since"] < after["since"] <= after["last_update_at"]


def test_somebody_elses_case_is_as_unknown_as_none(
    cast: Cast, stranger: Cast, settings: Any
) -> None:
    incident_id = case(cast, cast.jade, settings)
    answers = []
    for reporter, named in (
        (cast.onyx, incident_id),
        (stranger.jade, incident_id),
        (cast.jade, "inc-2020-01-01-001"),
    ):
        answer = ask(reporter, f"What is the status of {named}?")
        assert answer.pop("incident_id") == named
        answers.append(answer)
    assert answers == [{"text": NO_SUCH_CASE, "found": False}] * 3


def test_a_colleague_whose_report_joined_may_ask(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    ruby = agent(cast.jade.persona.project, "Ruby")
    text = a_fault()
    incident_id = case(cast, cast.jade, settings, text)
    assert ask(ruby, incident_id)["found"] is False
    assert case(cast, ruby, settings, text) == incident_id
    assert ask(ruby, incident_id)["status"] == "reported"


def test_without_an_id_the_one_open_case_is_meant(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    for kind in ("Status", "Question"):
        answer = ask(cast.jade, "What is the status of my report?", kind)
        assert (answer["incident_id"], answer["status"]) == (incident_id, "reported")
    assert "history" in answer


def test_of_several_open_cases_all_are_listed(cast: Cast, settings: Any) -> None:
    ids = [case(cast, cast.jade, settings) for _ in range(3)]
    withdrawn = Incident.objects.get(incident_id=ids[1]).intake_id
    assert cast.jade.post(f"intake/{withdrawn}/withdraw").status_code == 200
    answer = ask(cast.jade, "Any news on my incidents?", "Question")
    assert answer["cases"] == [
        {"incident_id": ids[0], "status": "reported"},
        {"incident_id": ids[2], "status": "reported"},
    ]
    assert ids[0] in answer["text"]
    both = ask(cast.jade, f"{ids[0]} {ids[1]} inc-2020-01-01-001")
    assert [one.get("status") for one in both["cases"]] == ["reported", "withdrawn", None]


def test_without_any_case(cast: Cast, settings: Any) -> None:
    assert ask(cast.jade, "Any news on my report?") == {"text": NO_OPEN_CASE, "cases": []}
    # A question is taken in: the desk may know what else is meant.
    sent = cast.jade.report("Any news on my report?")
    assert sent["intake_id"] is not None


@pytest.mark.parametrize(
    "payload",
    [
        "It crashed again like inc-2026-04-09-001 did.",
        "What is the status? It crashed again and the data is gone.",
        "inc-2026-04-09-001 is not the same: prism_signal crashes on start now.",
        "x" * 3000 + " what is the status of inc-2026-04-09-001?",
    ],
)
def test_a_report_that_names_a_case_is_a_report(cast: Cast, settings: Any, payload: str) -> None:
    case(cast, cast.jade, settings)
    assert cast.jade.report(payload)["intake_id"] is not None


def test_a_status_that_asks_nothing_is_conversation(cast: Cast, settings: Any) -> None:
    case(cast, cast.jade, settings)
    before = cast.jade.inbox()
    sent = cast.jade.report("The deployment is done.", signal_type="Status")
    assert (sent["intake_id"], sent["status"]) == (None, "sent")
    assert cast.jade.inbox() == before


def test_in_the_thread_of_the_report(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    told = cast.jade.inbox()[-1]
    for payload, answered in (("What is the status of my report?", True), ("It is 1.4.", False)):
        body = {"in_reply_to": told["signal_id"], "signal_type": "Question", "payload": payload}
        sent = cast.jade.post("signals", body).json()
        found = [one for one in cast.jade.inbox() if one["in_reply_to"] == sent["signal_id"]]
        assert [one["payload"]["incident_id"] for one in found] == [incident_id] * answered
    assert Intake.objects.count() == 1


def test_clara_may_ask_for_any_case_of_the_tenant(
    cast: Cast, stranger: Cast, settings: Any
) -> None:
    incident_id = case(cast, cast.jade, settings)
    assert ask(cast.clara, f"{incident_id}?")["status"] == "reported"
    assert ask(stranger.clara, f"{incident_id}?")["found"] is False


def test_the_answer_holds_no_word_of_the_report(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings, "prism_signal crashes near the lighthouse")
    assert "lighthouse" not in str(ask(cast.jade, incident_id))


def test_a_batch_is_answered_one_by_one(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    one = {"to_identity": "Sage", "signal_type": "Status", "payload": incident_id}
    sent = cast.jade.post("signals/batch", {"signals": [one, one]}).json()["results"]
    assert [entry["status"] for entry in sent] == ["answered", "answered"]
