"""A report that repeats an open case joins it, and its reporter can say that it does not."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from incidents.models import ClassificationRow, Incident, Intake, TimelineEntry
from incidents.services.run_desk import run_desk
from tests.cast import Agent, Cast, agent

pytestmark = pytest.mark.django_db
FAULT = "prism_signal crashes with KeyError: 'pid' after {} tries, request req_{}"
FIRST, AGAIN = FAULT.format(3, "01h8xk2v9p"), FAULT.format(17, "77zqa0b1c2")


def act(settings: Any, mode: str, cast: Cast, sweep: Callable[[], None]) -> Callable[[str], Any]:
    """Classify a report as an incident in the given desk mode; the intake."""
    settings.DESK_MODE = mode

    def classify(intake_id: str) -> Any:
        sweep()
        if mode != "auto":
            verdict = {"classification": "incident", "rationale": "it breaks"}
            answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
            assert answer.status_code == 200, answer.content
        return cast.sage.get(f"intake/{intake_id}").json()

    return classify


def joined_by(cast: Cast, reporter: Agent, sweep: Callable[[], None]) -> dict[str, Any]:
    """A case of Jade's, and a report of `reporter` that joined it."""
    cast.jade.report(FIRST)
    intake_id = reporter.report(AGAIN)["intake_id"]
    sweep()
    return dict(reporter.get(f"intake/{intake_id}").json())


def events(incident_id: str) -> list[str]:
    found = TimelineEntry.objects.filter(incident__incident_id=incident_id)
    return [one for one in found.values_list("event", flat=True) if one != "message"]


def code(answer: Any) -> tuple[int, str]:
    assert answer.json()["error"]["next_steps"]
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("mode", ["auto", "assist", "agents"])
def test_a_repeat_joins(cast: Cast, settings: Any, sweep: Callable[[], None], mode: str) -> None:
    classify = act(settings, mode, cast, sweep)
    one = classify(cast.jade.report(FIRST)["intake_id"])
    report = cast.jade.report(AGAIN)
    two = classify(report["intake_id"])

    assert (one["status"], one["joined_incident_id"]) == ("handed_off", None)
    assert (two["status"], two["classification"], two["held"]) == ("joined", "incident", False)
    assert two["joined_incident_id"] == two["incident_id"] == one["incident_id"]
    assert Incident.objects.count() == 1
    assert ClassificationRow.objects.count() == 2
    assert events(one["incident_id"]).count("report_joined") == 1
    (told,) = [
        signal for signal in cast.jade.inbox() if signal["in_reply_to"] == report["signal_id"]
    ]
    assert (told["signal_type"], told["from"]["identity"]) == ("Status", "Sage")
    assert told["payload"]["incident_id"] == one["incident_id"]
    assert told["payload"]["status"] == Incident.objects.get().status
    assert "not_the_same" in told["payload"]["text"]
    assert "/not-the-same" in told["payload"]["text"]
    notices = [one for one in cast.clara.inbox() if one["category"] == "report_joined"]
    assert [one["payload"]["intake_id"] for one in notices] == [two["intake_id"]]


def test_each_run_has_its_own_ids(cast: Cast, sweep: Callable[[], None]) -> None:
    """The fault is the same, and only the first report knew its session."""
    fault = {"text": "prism_signal crashes: KeyError 'thread_id' on every reply."}
    first = cast.jade.report({**fault, "trace_id": "trace-alpha", "session_id": "s-omega"})
    again = cast.jade.report({**fault, "trace_id": "trace-beta"})
    sweep()
    case = cast.jade.get(f"intake/{first['intake_id']}").json()["incident_id"]
    joined = cast.jade.get(f"intake/{again['intake_id']}").json()
    assert (joined["status"], joined["joined_incident_id"]) == ("joined", case)
    assert Incident.objects.get().trace_id == "trace-alpha"


@pytest.mark.parametrize("ended", ["closed", "withdrawn"])
def test_a_case_that_ended_is_not_joined(
    cast: Cast, settings: Any, sweep: Callable[[], None], ended: str
) -> None:
    settings.DESK_MODE = "agents"
    classify = act(settings, "agents", cast, sweep)
    one = classify(cast.jade.report(FIRST)["intake_id"])
    if ended == "withdrawn":
        assert cast.jade.post(f"intake/{one['intake_id']}/withdraw").status_code == 200
    else:
        Incident.objects.update(status="closed", closure="waiver", unknown=_all_unknown())
    two = classify(cast.jade.report(AGAIN)["intake_id"])
    assert two["status"] == "handed_off"
    assert two["incident_id"] != one["incident_id"]


def _all_unknown() -> dict[str, str]:
    from incidents.models import LINKING_IDS

    return dict.fromkeys(LINKING_IDS, "nobody knows")


def test_another_project_or_tenant_is_another_case(
    cast: Cast, stranger: Cast, sweep: Callable[[], None]
) -> None:
    for reporter in (cast.jade, cast.onyx, stranger.jade):
        reporter.report(FIRST)
    sweep()
    assert Incident.objects.count() == 3
    assert not Intake.objects.filter(status="joined").exists()


def test_a_wish_or_a_question_joins_nothing(cast: Cast, sweep: Callable[[], None]) -> None:
    for text in ("How do I list my todos?", "Please add a dark theme."):
        for _ in range(2):
            cast.jade.report(text)
    sweep()
    assert not Intake.objects.filter(status="joined").exists()
    assert Intake.objects.filter(status="received").count() == 0


def test_a_colleague_hears_what_becomes_of_the_case(cast: Cast, sweep: Callable[[], None]) -> None:
    ruby = agent(cast.jade.persona.project, "Ruby")
    intake = joined_by(cast, ruby, sweep)
    incident_id = intake["joined_incident_id"]
    assert ruby.get(f"incidents/{incident_id}/status").status_code == 200
    assert ruby.get(f"incidents/{incident_id}").status_code == 404  # Jade's words are in it
    assert cast.onyx.get(f"incidents/{incident_id}/status").status_code == 404
    case = Incident.objects.get()
    from incidents.services.tell_reporter import tell_reporter

    before = len(cast.jade.inbox()), len(ruby.inbox())
    tell_reporter(case, outcome="no_news", text="It is with Clara.")
    assert (len(cast.jade.inbox()), len(ruby.inbox())) == (before[0] + 1, before[1] + 1)
    assert ruby.inbox()[-1]["payload"]["outcome"] == "no_news"
    assert ruby.inbox()[-1]["from"]["identity"] == "Sage"


class TestNotTheSame:
    def test_the_report_gets_a_case_of_its_own(self, cast: Cast, sweep: Callable[[], None]) -> None:
        intake = joined_by(cast, cast.jade, sweep)
        first = intake["joined_incident_id"]
        body = {"reason": "Mine happens on start."}
        answer = cast.jade.post(f"intake/{intake['intake_id']}/not-the-same", body)
        assert answer.status_code == 200, answer.content
        shown = answer.json()
        assert (shown["status"], shown["joined_incident_id"]) == ("handed_off", None)
        assert shown["incident_id"] not in (None, first)
        assert events(first)[-1] == "report_parted"
        handoffs = [one for one in cast.clara.inbox() if one["signal_type"] == "Handoff"]
        assert handoffs[-1]["payload"]["incident_id"] == shown["incident_id"]
        notice = cast.clara.inbox()[-1]
        assert notice["payload"]["reason"] == "Mine happens on start."
        assert Intake.objects.get(pk=shown["intake_id"]).distinct_from is not None
        sweep()
        assert Incident.objects.get(incident_id=shown["incident_id"]).status == "triaged"
        again = cast.jade.post(f"intake/{intake['intake_id']}/not-the-same", body)
        assert code(again) == (409, "intake_not_joined")
        assert Incident.objects.count() == 2

    def test_it_is_never_joined_there_again(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settings.DESK_MODE = "agents"
        classify = act(settings, "agents", cast, sweep)
        classify(cast.jade.report(FIRST)["intake_id"])
        intake_id = classify(cast.jade.report(AGAIN)["intake_id"])["intake_id"]
        own = cast.jade.post(f"intake/{intake_id}/not-the-same").json()["incident_id"]
        for what in ("info", "incident"):
            body = {"classification": what, "rationale": "x", "answer": "y"}
            shown = cast.sage.post(f"intake/{intake_id}/reclassification", body).json()
        assert (shown["incident_id"], shown["joined_incident_id"]) == (own, None)

    def test_by_a_reply_in_the_thread(self, cast: Cast, sweep: Callable[[], None]) -> None:
        intake = joined_by(cast, cast.jade, sweep)
        told = cast.jade.inbox()[-1]
        reply = {
            "in_reply_to": told["signal_id"],
            "signal_type": "Notice",
            "category": "not_the_same",
            "payload": "Mine happens on start.",
        }
        sent = cast.jade.post("signals", reply)
        assert (sent.status_code, sent.json()["intake_id"]) == (201, None)
        shown = cast.jade.get(f"intake/{intake['intake_id']}").json()
        assert (shown["status"], shown["joined_incident_id"]) == ("handed_off", None)
        assert cast.clara.inbox()[-1]["payload"]["reason"] == "Mine happens on start."
        # Said again, it is answered and changes nothing.
        assert cast.jade.post("signals", reply).status_code == 201
        assert Incident.objects.count() == 2
        assert cast.jade.inbox()[-1]["payload"]["code"] == "intake_not_joined"

    @pytest.mark.parametrize("payload", [{"category": "not_the_same"}, {"not_the_same": True}])
    def test_or_by_a_payload_that_says_so(
        self, cast: Cast, sweep: Callable[[], None], payload: dict[str, Any]
    ) -> None:
        joined_by(cast, cast.jade, sweep)
        told = cast.jade.inbox()[-1]
        body = {"in_reply_to": told["signal_id"], "signal_type": "Answer", "payload": payload}
        assert cast.jade.post("signals", body).status_code == 201
        assert Incident.objects.count() == 2

    def test_only_the_reporter_of_the_tenant(
        self, cast: Cast, stranger: Cast, sweep: Callable[[], None]
    ) -> None:
        intake_id = joined_by(cast, cast.jade, sweep)["intake_id"]
        path = f"intake/{intake_id}/not-the-same"
        for desk in (cast.sage, cast.clara):
            assert code(desk.post(path)) == (403, "forbidden")
        for other in (cast.onyx, stranger.jade, stranger.sage):
            assert code(other.post(path)) == (404, "not_found")
        assert Incident.objects.count() == 1

    @pytest.mark.parametrize(
        "body", [{"reason": "x" * 1001}, {"reason": 5}, {"incident_id": "inc-2026-01-01-001"}]
    )
    def test_bad_input(self, cast: Cast, sweep: Callable[[], None], body: dict[str, Any]) -> None:
        intake_id = joined_by(cast, cast.jade, sweep)["intake_id"]
        assert code(cast.jade.post(f"intake/{intake_id}/not-the-same", body)) == (
            400,
            "invalid_request",
        )
        assert Incident.objects.count() == 1

    def test_a_report_that_did_not_join(self, cast: Cast, sweep: Callable[[], None]) -> None:
        intake_id = cast.jade.report(FIRST)["intake_id"]
        for _ in range(2):
            answer = cast.jade.post(f"intake/{intake_id}/not-the-same")
            assert code(answer) == (409, "intake_not_joined")
            sweep()


class TestWithdrawal:
    def withdraw(self, reporter: Agent, intake_id: str, **body: str) -> Any:
        return reporter.post(f"intake/{intake_id}/withdraw", body)

    def test_before_it_is_classified(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        settings.DESK_MODE = "agents"
        intake_id = cast.jade.report(FIRST)["intake_id"]
        shown = self.withdraw(cast.jade, intake_id, reason="My own mistake.").json()
        assert (shown["status"], shown["classification"]) == ("withdrawn", None)
        assert cast.jade.inbox()[-1]["payload"]["withdrawn"] is True
        assert cast.sage.inbox()[-1]["payload"]["reason"] == "My own mistake."
        settings.DESK_MODE = "auto"
        sweep()
        assert cast.jade.get(f"intake/{intake_id}").json()["status"] == "withdrawn"
        verdict = {"classification": "incident", "rationale": "x"}
        late = cast.sage.post(f"intake/{intake_id}/classification", verdict)
        assert code(late) == (409, "intake_already_classified")
        assert code(self.withdraw(cast.jade, intake_id)) == (409, "intake_withdrawal_refused")

    def test_with_its_case(self, cast: Cast, settings: Any, sweep: Callable[[], None]) -> None:
        classify = act(settings, "agents", cast, sweep)
        intake = classify(cast.jade.report(FIRST)["intake_id"])
        shown = self.withdraw(cast.jade, intake["intake_id"]).json()
        assert shown["status"] == "withdrawn"
        status = cast.jade.get(f"incidents/{intake['incident_id']}/status").json()
        assert status["status"] == "withdrawn"
        assert cast.clara.inbox()[-1]["payload"]["why"] == "by_reporter"
        assert "withdrawn" in [one["payload"].get("outcome") for one in cast.jade.inbox()]

    def test_the_case_goes_on_with_others_who_reported_the_same(
        self, cast: Cast, settings: Any, sweep: Callable[[], None]
    ) -> None:
        classify = act(settings, "agents", cast, sweep)
        ruby = agent(cast.jade.persona.project, "Ruby")
        first = classify(cast.jade.report(FIRST)["intake_id"])
        second = classify(ruby.report(AGAIN)["intake_id"])
        assert self.withdraw(cast.jade, first["intake_id"]).status_code == 200
        case = Incident.objects.get()
        assert (case.status, case.reporter) == ("reported", ruby.persona)
        assert str(case.intake_id) == second["intake_id"]
        shown = ruby.get(f"intake/{second['intake_id']}").json()
        assert (shown["status"], shown["incident_id"]) == ("handed_off", case.incident_id)
        assert events(case.incident_id)[-1] == "passed_on"
        # Clara is a party to Ruby's thread now.
        reply = {
            "in_reply_to": str(Intake.objects.get(pk=second["intake_id"]).signal_id),
            "signal_type": "Answer",
            "payload": "Which version?",
        }
        assert cast.clara.post("signals", reply).status_code == 201
        assert self.withdraw(ruby, second["intake_id"]).status_code == 200
        assert Incident.objects.get().status == "withdrawn"

    def test_a_joined_report_leaves_the_case_alone(
        self, cast: Cast, sweep: Callable[[], None]
    ) -> None:
        intake = joined_by(cast, cast.jade, sweep)
        assert self.withdraw(cast.jade, intake["intake_id"]).json()["status"] == "withdrawn"
        assert Incident.objects.get().status == "triaged"
        assert events(intake["joined_incident_id"])[-1] == "report_left"

    def test_not_once_it_is_answered_or_routed(self, cast: Cast, sweep: Callable[[], None]) -> None:
        texts = ("How do I list my todos?", "Please add a dark theme.")
        reports = [cast.jade.report(text)["intake_id"] for text in texts]
        sweep()
        before = list(Intake.objects.values_list("status", flat=True))
        for intake_id in reports:
            answer = self.withdraw(cast.jade, intake_id)
            assert code(answer) == (409, "intake_withdrawal_refused")
        assert list(Intake.objects.values_list("status", flat=True)) == before

    def test_only_by_its_reporter(self, cast: Cast, stranger: Cast) -> None:
        intake_id = cast.jade.report(FIRST)["intake_id"]
        for desk in (cast.sage, cast.clara):
            assert code(self.withdraw(desk, intake_id)) == (403, "forbidden")
        for other in (cast.onyx, stranger.jade):
            assert code(self.withdraw(other, intake_id)) == (404, "not_found")
        refused = self.withdraw(cast.jade, intake_id, why="x")
        assert code(refused) == (400, "invalid_request")
        assert Intake.objects.get().status == "received"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of them gave or raised, all begun together."""
    start, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        start.wait(20)
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_equal_reports_classified_at_once_are_one_case(cast: Cast) -> None:
    for fault in ("alpha", "beta", "gamma"):
        reports = [cast.jade.report(f"{fault} crashes {n} times") for n in range(3)]
        intakes = [Intake.objects.get(pk=one["intake_id"]).pk for one in reports]
        results = at_once(*(lambda pk=pk: run_desk(pk) for pk in intakes))  # type: ignore[misc]
        assert results == [True, True, True]
        found = Intake.objects.filter(pk__in=intakes)
        assert sorted(found.values_list("status", flat=True)) == ["handed_off", "joined", "joined"]
    assert Incident.objects.count() == 3
    numbers = sorted(Incident.objects.values_list("incident_id", flat=True))
    assert [one[-3:] for one in numbers] == ["001", "002", "003"]


@pytest.mark.django_db(transaction=True)
def test_said_twice_at_once_it_is_one_case_more(cast: Cast, sweep: Callable[[], None]) -> None:
    intake_id = joined_by(cast, cast.jade, sweep)["intake_id"]

    def say() -> int:
        return int(cast.jade.post(f"intake/{intake_id}/not-the-same").status_code)

    assert sorted(at_once(say, say)) == [200, 409]
    assert Incident.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_joined_while_the_case_is_taken_back(cast: Cast, settings: Any) -> None:
    """Whoever comes first, the second report has an open case."""
    settings.DESK_MODE = "agents"
    verdict = {"classification": "incident", "rationale": "x"}
    for fault in ("alpha", "beta", "gamma", "delta"):
        first = cast.jade.report(f"{fault} crashes")["intake_id"]
        assert cast.sage.post(f"intake/{first}/classification", verdict).status_code == 200
        second = cast.jade.report(f"{fault} crashes")["intake_id"]
        statuses = at_once(
            lambda: cast.jade.post(f"intake/{first}/withdraw").status_code,  # noqa: B023
            lambda: cast.sage.post(f"intake/{second}/classification", verdict).status_code,  # noqa: B023
        )
        assert statuses == [200, 200]
        case = cast.jade.get(f"intake/{second}").json()
        assert case["status"] == "handed_off"
        assert Incident.objects.get(incident_id=case["incident_id"]).status == "reported"
