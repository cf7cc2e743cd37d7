"""A later decision: a new row, and what follows from it (seed 000 §2)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from incidents import hooks
from incidents.models import ClassificationRow, Deadline, Incident, Intake, TimelineEntry, Todo
from incidents.states import DeadlineState
from kernel.errors import CareError
from kernel.principals import Principal
from phonehome.errors import PACKET_IN_FLIGHT
from phonehome.models import PhoneHomeRecord
from phonehome.services.stage_desk_case import stage_waiting_cases
from tests.cast import Cast, agent
from tests.incidents.cases import contained_in_database
from tests.incidents.tiers import up_to

pytestmark = pytest.mark.django_db
WISHES = ("enhancement", "recommendation")


@pytest.fixture(autouse=True)
def _agents_sit_at_the_desk(settings: Any) -> None:
    settings.DESK_MODE = "agents"


def decide(cast: Cast, intake_id: str, what: str, *, again: bool = True, **more: Any) -> Any:
    verb = "reclassification" if again else "classification"
    body = {"classification": what, "rationale": f"it is {what}", **more}
    if what == "info":
        body.setdefault("answer", "It works like this.")
    return cast.sage.post(f"intake/{intake_id}/{verb}", body)


def classified(cast: Cast, what: str, **more: Any) -> str:
    intake_id = str(cast.jade.report()["intake_id"])
    answer = decide(cast, intake_id, what, again=False, **more)
    assert answer.status_code == 200, answer.content
    return intake_id


def events() -> list[str]:
    """What happened to cases, without what was said and decided about their reports."""
    found = TimelineEntry.objects.exclude(event__in=["message", "classified"])
    return list(found.values_list("event", flat=True))


def refused(answer: Any) -> tuple[int, str]:
    assert answer.json()["error"]["next_steps"]
    return answer.status_code, answer.json()["error"]["code"]


def test_a_new_row_never_an_overwrite(cast: Cast) -> None:
    intake_id = classified(cast, "info")
    assert decide(cast, intake_id, "enhancement").status_code == 200
    assert decide(cast, intake_id, "recommendation").status_code == 200
    rows = ClassificationRow.objects.filter(intake_id=intake_id)
    assert [row.classification for row in rows] == ["info", "enhancement", "recommendation"]
    assert [row.rationale for row in rows] == [
        "it is info",
        "it is enhancement",
        "it is recommendation",
    ]
    shown = cast.jade.get(f"intake/{intake_id}").json()
    assert (shown["classification"], shown["rationale"]) == (
        "recommendation",
        "it is recommendation",
    )
    with pytest.raises(Exception, match="append-only"):
        rows.update(rationale="better")


def test_the_same_again_is_a_row_without_effects(cast: Cast) -> None:
    for what in ("info", "incident", *WISHES):
        intake_id = classified(cast, what)
        before = [cast.jade.inbox(), cast.clara.inbox(), Todo.objects.count(), events()]
        answer = decide(cast, intake_id, what, rationale="on second thoughts, still")
        assert answer.json()["rationale"] == "on second thoughts, still"
        assert answer.json()["classification"] == what
        assert ClassificationRow.objects.filter(intake_id=intake_id).count() == 2
        assert before == [cast.jade.inbox(), cast.clara.inbox(), Todo.objects.count(), events()]


@pytest.mark.parametrize("before", ["info", *WISHES])
def test_to_incident_opens_a_case_and_hands_it_to_clara(cast: Cast, before: str) -> None:
    intake_id = classified(cast, before)
    body = decide(cast, intake_id, "incident", title="It breaks").json()
    assert (body["status"], body["todo_id"]) == ("handed_off", None)
    incident = cast.clara.get(f"incidents/{body['incident_id']}").json()
    assert (incident["title"], incident["status"]) == ("It breaks", "reported")
    assert [one["signal_type"] for one in cast.clara.inbox()] == ["Handoff"]
    assert cast.jade.inbox()[-1]["payload"]["incident_id"] == body["incident_id"]


@pytest.mark.parametrize("after", ["info", *WISHES])
def test_from_incident_withdraws_the_case(cast: Cast, after: str) -> None:
    intake_id = classified(cast, "incident")
    incident_id = cast.jade.get(f"intake/{intake_id}").json()["incident_id"]
    body = decide(cast, intake_id, after).json()
    assert body["status"] == ("answered" if after == "info" else "routed")
    assert body["incident_id"] is None
    status = cast.jade.get(f"incidents/{incident_id}/status").json()
    assert (status["status"], status["next_update_due_at"]) == ("withdrawn", None)
    assert status["history"][-1]["status"] == "withdrawn"
    told = [one["payload"] for one in cast.jade.inbox()]
    assert ("withdrawn", incident_id) in [
        (one.get("outcome"), one.get("incident_id")) for one in told
    ]
    assert cast.clara.inbox()[-1]["payload"]["outcome"] == "withdrawn"
    assert not Deadline.objects.filter(
        incident__incident_id=incident_id, state=DeadlineState.OPEN
    ).exists()
    tier = {"env": {}, "install_type": "pip", "project_metadata": {}, "agent_roster": []}
    late = cast.clara.put(f"incidents/{incident_id}/triage/1", tier)
    assert refused(late) == (409, "triage_tier_out_of_order")


def test_a_case_in_triage_may_still_be_withdrawn(cast: Cast) -> None:
    intake_id = classified(cast, "incident")
    incident_id = cast.jade.get(f"intake/{intake_id}").json()["incident_id"]
    tier = {"env": {}, "install_type": "pip", "project_metadata": {}, "agent_roster": []}
    assert cast.clara.put(f"incidents/{incident_id}/triage/1", tier).status_code == 200
    assert decide(cast, intake_id, "info").status_code == 200
    back = decide(cast, intake_id, "incident").json()
    assert back["incident_id"] == incident_id
    assert Incident.objects.get().status == "triaging"
    assert events()[-2:] == ["withdrawn", "reinstated"]
    assert Incident.objects.get().deadlines.filter(state=DeadlineState.OPEN).count() == 2


def in_auto(cast: Cast) -> None:
    cast.home.tenant.desk_mode = "auto"
    cast.home.tenant.save()


def triaged_by_the_desk(cast: Cast) -> str:
    """A fault of the product whose packet waits for an operator; the intake's id."""
    from incidents.services.run_desk import run_desk

    intake_id = classified(cast, "incident")
    in_auto(cast)
    assert run_desk(Intake.objects.get().pk)
    assert stage_waiting_cases() == 1
    assert Incident.objects.get().status == "triaged"
    return intake_id


def triaged_by_clara(cast: Cast) -> str:
    intake_id = classified(cast, "incident")
    up_to(cast, Incident.objects.get().incident_id, 5)
    return intake_id


@pytest.mark.parametrize("after", ["info", *WISHES])
def test_what_only_the_desk_triaged_may_be_classified_anew(
    cast: Cast, sweep: Callable[[], None], after: str
) -> None:
    intake_id = triaged_by_the_desk(cast)
    body = decide(cast, intake_id, after).json()
    assert (body["classification"], body["incident_id"]) == (after, None)
    case = Incident.objects.get()
    assert (case.status, case.eligible, case.with_whom) == ("withdrawn", None, "reporter")
    assert PhoneHomeRecord.objects.get().status == "withdrawn"
    assert ClassificationRow.objects.count() == 2
    assert "withdrawn" in [one["payload"].get("outcome") for one in cast.jade.inbox()]
    assert not Deadline.objects.filter(incident=case, state=DeadlineState.OPEN).exists()
    # And there again: it is triaged to its end once more.
    assert decide(cast, intake_id, "incident").status_code == 200
    sweep()
    case = Incident.objects.get()
    assert (case.status, case.eligible) == ("triaged", True)


def test_and_its_reporter_may_take_it_back(cast: Cast) -> None:
    intake_id = triaged_by_the_desk(cast)
    assert cast.jade.post(f"intake/{intake_id}/withdraw").status_code == 200
    assert Incident.objects.get().status == "withdrawn"
    assert PhoneHomeRecord.objects.get().status == "withdrawn"


def test_not_while_a_packet_is_in_flight(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(incident: Incident, by: Principal) -> None:
        raise CareError(PACKET_IN_FLIGHT)

    intake_id = triaged_by_the_desk(cast)
    monkeypatch.setattr(hooks, "_on_reopened", [refuse])
    before = [cast.jade.inbox(), events(), ClassificationRow.objects.count()]
    for answer in (
        decide(cast, intake_id, "info"),
        cast.jade.post(f"intake/{intake_id}/withdraw"),
    ):
        assert refused(answer) == (409, "phone_home_packet_in_flight")
    assert before == [cast.jade.inbox(), events(), ClassificationRow.objects.count()]
    assert Incident.objects.get().status == "triaged"


def test_nor_what_is_filed(cast: Cast) -> None:
    intake_id = triaged_by_the_desk(cast)
    Incident.objects.update(issue_number=7)
    answer = decide(cast, intake_id, "info")
    assert refused(answer) == (409, "intake_reclassification_refused")
    assert "filed" in answer.json()["error"]["message"]


def test_once_an_agent_triaged_it_the_triage_is_reopened_first(cast: Cast) -> None:
    intake_id = triaged_by_clara(cast)
    incident_id = Incident.objects.get().incident_id
    before = [cast.jade.inbox(), events(), ClassificationRow.objects.count()]
    answer = decide(cast, intake_id, "info")
    assert refused(answer) == (409, "intake_reclassification_refused")
    assert f"{incident_id} was triaged by an agent." in answer.json()["error"]["message"]
    late = cast.jade.post(f"intake/{intake_id}/withdraw")
    assert refused(late) == (409, "intake_withdrawal_refused")
    assert before == [cast.jade.inbox(), events(), ClassificationRow.objects.count()]
    assert decide(cast, intake_id, "incident", rationale="indeed").status_code == 200
    reopening = f"incidents/{incident_id}/triage/4/reopen"
    assert cast.clara.post(reopening, {"reason": "no incident"}).status_code == 200
    assert decide(cast, intake_id, "info").status_code == 200
    assert Incident.objects.get().status == "withdrawn"


@pytest.mark.parametrize("status", ["contained", "resolved"])
def test_past_its_triage_it_is_kept(cast: Cast, status: str) -> None:
    intake_id = triaged_by_the_desk(cast)
    case = contained_in_database(Incident.objects.get().incident_id)
    Incident.objects.filter(pk=case.pk).update(status=status)
    answer = decide(cast, intake_id, "info")
    assert refused(answer) == (409, "intake_reclassification_refused")
    assert answer.json()["error"]["message"].endswith(f"is {status}.")


def test_there_and_back_keeps_the_number(cast: Cast) -> None:
    intake_id = classified(cast, "incident")
    first = cast.jade.get(f"intake/{intake_id}").json()["incident_id"]
    decide(cast, intake_id, "info")
    again = decide(cast, intake_id, "incident").json()
    assert again["incident_id"] == first
    assert Incident.objects.get().status == "reported"
    decide(cast, intake_id, "enhancement")
    assert Incident.objects.get().status == "withdrawn"


@pytest.mark.parametrize("kind", WISHES)
def test_to_a_wish_is_a_todo_and_word_to_the_owner(cast: Cast, kind: str) -> None:
    owner = agent(cast.home, "Dora")
    intake_id = classified(cast, "info")
    body = decide(cast, intake_id, kind, lane_owner="Dora", title="Dark mode").json()
    todo = Todo.objects.get(pk=body["todo_id"])
    assert (todo.title, todo.lane_owner, todo.status) == ("Dark mode", "Dora", "open")
    assert [one["signal_type"] for one in owner.inbox()] == ["Task"]
    assert kind in cast.jade.inbox()[-1]["payload"]["text"]
    decide(cast, intake_id, "info", answer="It exists: run --dark.")
    todo.refresh_from_db()
    assert (todo.status, todo.done_at is not None) == ("done", True)
    assert cast.jade.get(f"intake/{intake_id}").json()["todo_id"] is None
    assert cast.jade.inbox()[-1]["payload"]["text"] == "It exists: run --dark."


def test_info_needs_an_answer(cast: Cast) -> None:
    intake_id = classified(cast, "incident")
    answer = decide(cast, intake_id, "info", answer="  ")
    assert refused(answer) == (400, "invalid_request")
    assert Incident.objects.get().status == "reported"
    assert ClassificationRow.objects.count() == 1


def test_what_nobody_classified_is_not_classified_anew(cast: Cast) -> None:
    intake_id = cast.jade.report()["intake_id"]
    assert refused(decide(cast, intake_id, "info")) == (409, "intake_reclassification_refused")
    assert cast.jade.post(f"intake/{intake_id}/withdraw").status_code == 200
    assert refused(decide(cast, intake_id, "info")) == (409, "intake_reclassification_refused")
    assert not ClassificationRow.objects.exists()


def test_only_sage_of_the_tenant(cast: Cast, stranger: Cast) -> None:
    intake_id = classified(cast, "info")
    body = {"classification": "incident", "rationale": "x"}
    for other in (cast.jade, cast.onyx, cast.clara):
        answer = other.post(f"intake/{intake_id}/reclassification", body)
        assert refused(answer) == (403, "forbidden")
    answer = stranger.sage.post(f"intake/{intake_id}/reclassification", body)
    assert refused(answer) == (404, "not_found")
    assert ClassificationRow.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"classification": "bug"}, {"rationale": ""}, {"by": "Sage"}, {"title": "x" * 201}],
    ids=str,
)
def test_a_verdict_of_another_form(cast: Cast, change: dict[str, Any]) -> None:
    intake_id = classified(cast, "info")
    body = {"classification": "incident", "rationale": "x", **change}
    answer = cast.sage.post(f"intake/{intake_id}/reclassification", body)
    assert refused(answer) == (400, "invalid_request")
    assert list(answer.json()["error"]["fields"]) == list(change)


def test_the_same_key_twice_decides_once(cast: Cast) -> None:
    intake_id = classified(cast, "info")
    body = {"classification": "incident", "rationale": "x"}
    path = f"intake/{intake_id}/reclassification"
    answers = [cast.sage.post(path, body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert ClassificationRow.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_consistent_case(cast: Cast) -> None:
    intake_id = classified(cast, "info")
    start, statuses = threading.Barrier(2), []

    def work(what: str) -> None:
        start.wait(20)
        try:
            statuses.append(decide(cast, intake_id, what).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(what,)) for what in ("incident", "enhancement")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200, 200]
    intake = Intake.objects.get()
    last = ClassificationRow.objects.order_by("-id").first()
    assert last is not None
    assert intake.classification == last.classification
    case = Incident.objects.get()
    if intake.classification == "incident":
        assert (intake.status, case.status, intake.todo) == ("handed_off", "reported", None)
    else:
        assert (intake.status, case.status) == ("routed", "withdrawn")
        assert intake.todo is not None
