"""Asked by a signal where a case is, Sage answers at once, whoever sits at the desk."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.answering import NO_OPEN_CASE, NO_SUCH_CASE
from incidents.models import Incident, Intake
from tests.cast import Agent, Cast, a_fault, agent
from tests.incidents.cases import opened

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
        ("Question", "status {}"),
        ("Question", {"incident_id": "{}"}),
        ("Question", "Where is {}?"),
        ("Question", "Is {} resolved?"),
        ("Question", "Has {} been fixed yet?"),
        ("Question", "When will {} be fixed?"),
        ("Question", "Please tell me about {}"),
    ],
)
def test_a_case_that_is_named(cast: Cast, settings: Any, kind: str, payload: Any) -> None:
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


@pytest.mark.parametrize("mode", MODES)
def test_whoever_sits_at_the_desk(cast: Cast, settings: Any, mode: str) -> None:
    settings.DESK_MODE = mode
    incident_id = case(cast, cast.jade, settings)
    for kind in ("Status", "Question"):
        assert ask(cast.jade, f"Is {incident_id} resolved?", kind)["status"] == "reported"


@pytest.mark.parametrize(
    "payload",
    [
        "{} is back again.",
        "Is {} fixed? It crashed again.",
        "The roster shows Jade two times over, as in {}.",
        "Please add a dark theme, as in {}.",
        "We should rotate the keys of {}.",
        "What does phone_home_auth_required mean in {}?",
        {"text": "{}", "stack_trace": "at run"},
    ],
)
def test_more_than_news_of_ones_own_case_is_a_report(
    cast: Cast, settings: Any, payload: Any
) -> None:
    incident_id = case(cast, cast.jade, settings)
    said = (
        payload.format(incident_id)
        if isinstance(payload, str)
        else {key: value.format(incident_id) for key, value in payload.items()}
    )
    assert cast.jade.report(said)["intake_id"] is not None


def test_the_number_of_a_case_is_no_fault(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    numbered = incident_id[:-3] + "500"
    Incident.objects.filter(incident_id=incident_id).update(incident_id=numbered)
    assert ask(cast.jade, f"Is {numbered} resolved?", "Question")["status"] == "reported"


def test_an_id_is_found_wherever_it_stands(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    case(cast, cast.jade, settings)
    answer = ask(cast.jade, "We went on. " * 400 + f"How far is {incident_id}?")
    assert (answer["incident_id"], answer["status"]) == (incident_id, "reported")


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
        {"incident_id": ids[2], "status": "reported"},
        {"incident_id": ids[0], "status": "reported"},
    ]
    assert (answer["reports"], answer["more"]) == ([], 0)
    assert ids[0] in answer["text"]
    both = ask(cast.jade, f"{ids[0]} {ids[1]} inc-2020-01-01-001")
    assert [one.get("status") for one in both["cases"]] == ["reported", "withdrawn", None]


def test_a_case_that_a_report_joined_is_listed(cast: Cast, settings: Any) -> None:
    ruby, text = agent(cast.jade.persona.project, "Ruby"), a_fault()
    incident_id = case(cast, cast.jade, settings, text)
    assert case(cast, ruby, settings, text) == incident_id
    assert case(cast, cast.jade, settings, text) == incident_id  # and is one case all the same
    for reporter in (ruby, cast.jade):
        answer = ask(reporter, "Any news on my report?", "Question")
        assert (answer["incident_id"], answer["status"]) == (incident_id, "reported")


def test_what_nobody_has_classified_yet_is_listed(cast: Cast, settings: Any) -> None:
    settings.INTAKE_STORM_REPORTS = 2
    first, second, held = (cast.jade.report()["intake_id"] for _ in range(3))
    answer = ask(cast.jade, "Any news on my reports?", "Question")
    assert [(one["intake_id"], one["status"]) for one in answer["reports"]] == [
        (held, "held"),
        (second, "received"),
        (first, "received"),
    ]
    assert all(one["next_update_due_at"] for one in answer["reports"])
    assert answer["text"] != NO_OPEN_CASE
    assert held in answer["text"]


def test_many_are_counted_not_listed(
    cast: Cast, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.INTAKE_STORM_REPORTS = 100
    incident_id = case(cast, cast.jade, settings)
    reports = [cast.jade.report()["intake_id"] for _ in range(21)]
    with django_assert_max_num_queries(60) as many:
        answer = ask(cast.jade, "And now?")
    assert answer["cases"] == [{"incident_id": incident_id, "status": "reported"}]
    assert [one["intake_id"] for one in answer["reports"]] == reports[:1:-1]
    assert answer["more"] == 2
    assert answer["text"].endswith("And 2 more.")
    assert not [one for one in many.captured_queries if "timelineentry" in one["sql"]]


def test_without_any_case(cast: Cast, settings: Any) -> None:
    nothing = {"text": NO_OPEN_CASE, "cases": [], "reports": [], "more": 0}
    assert ask(cast.jade, "Any news on my report?") == nothing
    # A question is taken in: the desk may know what else is meant.
    sent = cast.jade.report("Any news on my report?")
    assert sent["intake_id"] is not None
    (waiting,) = ask(cast.jade, "Any news on my report?", "Question")["reports"]
    assert waiting["intake_id"] == sent["intake_id"]


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


def test_every_status_of_a_reporter_is_answered(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    answer = ask(cast.jade, "The deployment is done.")
    assert (answer["incident_id"], answer["status"]) == (incident_id, "reported")


def test_a_status_within_the_home_project_is_talk(cast: Cast) -> None:
    wren = agent(cast.home, "Wren")
    assert wren.report("The todo is done.", signal_type="Status")["status"] == "sent"
    assert wren.inbox() == []


def reply(cast: Cast, to: Any, payload: Any, kind: str) -> list[Any]:
    body = {"in_reply_to": to["signal_id"], "signal_type": kind, "payload": payload}
    sent = cast.jade.post("signals", body).json()
    found = [one for one in cast.jade.inbox() if one["in_reply_to"] == sent["signal_id"]]
    return [one["payload"].get("incident_id") for one in found]


def test_in_the_thread_of_the_report(cast: Cast, settings: Any) -> None:
    incident_id = case(cast, cast.jade, settings)
    told = cast.jade.inbox()[-1]
    other = case(cast, cast.jade, settings)
    for kind in ("Status", "Question"):
        assert reply(cast, told, "What is the status of my report?", kind) == [incident_id]
        assert reply(cast, told, f"Is {other} resolved?", kind) == [other]
    assert reply(cast, told, "It is 1.4.", "Status") == [incident_id]
    assert reply(cast, told, "It is 1.4.", "Question") == []
    assert Intake.objects.count() == 2


def test_a_status_said_to_clara_in_the_thread(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    settings.DESK_MODE = "auto"
    cast.jade.report("My own code crashes: KeyError in our worker.")
    sweep()
    told = next(one for one in cast.jade.inbox() if one["from"]["identity"] == "Clara")
    assert reply(cast, told, "And now?", "Status") == [told["payload"]["incident_id"]]


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


def test_question_and_answer_stand_in_the_stream_of_the_case(cast: Cast, settings: Any) -> None:
    """Once each, also in the case's own thread; another's question leaves no trace in it."""
    case = opened(cast, settings)

    def messages() -> list[str]:
        stream = cast.clara.get(f"incidents/{case}/timeline?kind=message").json()["results"]
        return [one["detail"]["signal_id"] for one in stream]

    before = messages()
    ask = {"to_identity": "Sage", "signal_type": "Status", "payload": case}
    asked = cast.jade.post("signals", ask).json()["signal_id"]
    answer = cast.jade.inbox()[-1]["signal_id"]
    assert messages() == [*before, asked, answer]

    told = next(one for one in cast.jade.inbox() if one["category"] == "intake")
    reply = {"in_reply_to": told["signal_id"], "signal_type": "Status", "payload": case}
    again = cast.jade.post("signals", reply).json()["signal_id"]
    said = messages()
    assert said[-2:] == [again, cast.jade.inbox()[-1]["signal_id"]]
    assert len(said) == len(set(said))

    cast.onyx.post("signals", ask)
    assert messages() == said
