"""Clocks that are stopped with a reason, and what cannot be stopped."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import User
from incidents.models import Deadline, DeadlinePause, Incident, Intake
from incidents.services.fire_deadlines import fire_deadlines
from incidents.services.set_calendar import set_calendar
from incidents.services.set_deadline_policy import set_deadline_policy
from incidents.states import Stage
from kernel import clock
from kernel.models import LedgerEntry
from tests.cast import BY, Cast
from tests.incidents.test_clocks import HOUR, of, opened
from tests.incidents.test_triage import tier, up_to

pytestmark = pytest.mark.django_db
WHY = {"reason": "waiting for a log of theirs"}


@pytest.fixture(autouse=True)
def _agents_sit_there_and_time_stands_still(settings: Any, time_machine: Any) -> None:
    settings.DESK_MODE = "agents"
    time_machine.move_to(clock.now().replace(microsecond=0), tick=False)


@pytest.fixture
def console(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def press(cast: Cast, incident_id: str, verb: str, stage: Stage = Stage.TRIAGE, **body: Any) -> Any:
    return cast.clara.post(f"incidents/{incident_id}/deadlines/{of(stage).pk}/{verb}", body or WHY)


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_a_paused_clock_neither_warns_nor_breaches_and_is_later(
    cast: Cast, time_machine: Any
) -> None:
    incident_id = opened(cast)
    due = of(Stage.TRIAGE).due_at
    time_machine.shift(HOUR)
    paused = press(cast, incident_id, "pause")
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    time_machine.shift(100 * HOUR)
    fire_deadlines()
    assert not of(Stage.TRIAGE).was_at_risk
    resumed = press(cast, incident_id, "resume").json()
    assert (resumed["state"], resumed["due_at"]) == ("open", clock.isoformat(due + 100 * HOUR))
    assert [one["paused"] for one in resumed["pauses"]] == [True, False]
    time_machine.shift(5 * HOUR - timedelta(seconds=1))
    fire_deadlines()
    assert of(Stage.TRIAGE).escalations.count() == 0
    time_machine.shift(timedelta(seconds=1))
    fire_deadlines()
    assert of(Stage.TRIAGE).escalations.count() == 1, "at risk after 6 hours that count"
    events = list(Incident.objects.get().timeline.values_list("event", flat=True))
    assert events.index("deadline_paused") < events.index("deadline_resumed")
    assert LedgerEntry.objects.filter(action="incidents.deadline.paused").count() == 1


def test_nights_and_weekends_of_a_pause_do_not_count(cast: Cast, time_machine: Any) -> None:
    """Paused from Friday noon to Monday noon, an office that works 9 to 17 stood still for 8."""
    friday = clock.now().replace(hour=10, minute=0, second=0)
    friday += timedelta(days=(4 - friday.weekday()) % 7)
    time_machine.move_to(friday, tick=False)
    office = set_calendar(
        name="office",
        timezone="UTC",
        weekdays=[0, 1, 2, 3, 4],
        opens=friday.time().replace(hour=9),
        closes=friday.time().replace(hour=17),
        by=BY,
    )
    set_deadline_policy(stage="triage", minutes=8 * 60, calendar=office, by=BY)
    incident_id = opened(cast)
    assert of(Stage.TRIAGE).due_at == friday + timedelta(days=3)
    time_machine.shift(2 * HOUR)
    press(cast, incident_id, "pause")
    time_machine.shift(timedelta(days=3))
    press(cast, incident_id, "resume")
    assert of(Stage.TRIAGE).due_at == friday + timedelta(days=4)


def test_what_was_promised_is_not_paused(cast: Cast) -> None:
    incident_id = opened(cast)
    refused = press(cast, incident_id, "pause", Stage.NEXT_UPDATE)
    assert (refused.status_code, code(refused)) == (409, "deadline_promised")
    assert DeadlinePause.objects.count() == 0


def test_only_what_runs_is_paused_and_only_what_stands_goes_on(cast: Cast) -> None:
    incident_id = opened(cast)
    refused = press(cast, incident_id, "resume")
    assert (refused.status_code, code(refused)) == (409, "deadline_not_paused")
    press(cast, incident_id, "pause")
    refused = press(cast, incident_id, "pause")
    assert (refused.status_code, code(refused)) == (409, "deadline_not_running")
    assert DeadlinePause.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 501}, {**WHY, "more": 1}])
def test_a_pause_has_a_reason(cast: Cast, body: dict[str, Any]) -> None:
    incident_id = opened(cast)
    path = f"incidents/{incident_id}/deadlines/{of(Stage.TRIAGE).pk}/pause"
    refused = cast.clara.post(path, body)
    assert (refused.status_code, code(refused)) == (400, "invalid_request")
    assert of(Stage.TRIAGE).state == "open"


def test_nobody_else_pauses(cast: Cast, stranger: Cast) -> None:
    incident_id = opened(cast)
    path = f"incidents/{incident_id}/deadlines/{of(Stage.TRIAGE).pk}/pause"
    for agent, status in ((cast.jade, 403), (cast.sage, 403), (stranger.clara, 404)):
        assert agent.post(path, WHY).status_code == status
    opened(stranger)
    assert stranger.clara.post(path, WHY).status_code == 404, "the same number, another case"
    assert Deadline.objects.filter(state="paused").count() == 0


def test_another_cases_clock_is_not_here(cast: Cast) -> None:
    first = opened(cast)
    clock_of_first = of(Stage.TRIAGE).pk
    intake = cast.onyx.report("the roster is empty and crashes with ValueError")["intake_id"]
    body = {"classification": "incident", "rationale": "it crashes"}
    second = cast.sage.post(f"intake/{intake}/classification", body).json()["incident_id"]
    assert second != first
    refused = cast.clara.post(f"incidents/{second}/deadlines/{clock_of_first}/pause", WHY)
    assert (refused.status_code, code(refused)) == (404, "not_found")


def test_clara_sees_the_clocks_a_reporter_its_promise(cast: Cast) -> None:
    incident_id = opened(cast)
    seen = cast.clara.get(f"incidents/{incident_id}/deadlines").json()["results"]
    assert [one["stage"] for one in seen] == ["triage", "next_update"]
    seen = cast.jade.get(f"incidents/{incident_id}/deadlines").json()["results"]
    assert [one["stage"] for one in seen] == ["next_update"]
    assert cast.onyx.get(f"incidents/{incident_id}/deadlines").status_code == 404


def test_the_page_shows_what_is_over_first(cast: Cast, console: Client, time_machine: Any) -> None:
    empty = console.get("/console/incidents/deadlines/").content.decode()
    assert "No clock is running." in empty
    opened(cast)
    time_machine.shift(9 * HOUR)
    cast.jade.report("how do I list the roster?")
    fire_deadlines()
    page = console.get("/console/incidents/deadlines/").content.decode()
    assert page.index('id="breached"') < page.index('id="in-time"')
    assert "Second operator at 100 %: frank" in page
    assert "1 h late" in page
    intake = Intake.objects.latest("id")
    assert f'/admin/incidents/intake/{intake.pk}/change/">report of Jade · PID-DPA01</a>' in page
    triage = console.get("/console/incidents/deadlines/?stage=classify").content.decode()
    assert 'id="breached"' not in triage
    assert console.get("/console/incidents/deadlines/?stage=x").status_code == 400
    assert (
        "No clock passes"
        in console.get("/console/incidents/deadlines/?severity=P0").content.decode()
    )


@pytest.mark.parametrize("page", ["all", "case"])
def test_an_operator_pauses_and_resumes_on_the_page(cast: Cast, console: Client, page: str) -> None:
    opened(cast)
    url = "/console/incidents/deadlines/"
    if page == "case":
        url = f"/console/incidents/{Incident.objects.get().pk}/deadlines/"
    form = {"deadline": str(of(Stage.TRIAGE).pk), **WHY}
    assert console.get(url).status_code == 200
    done = console.post(url, {**form, "action": "pause"}, follow=True).content.decode()
    assert "Paused: triage." in done
    assert "Paused by frank" in done
    assert of(Stage.TRIAGE).state == "paused"
    refused = console.post(url, {**form, "action": "pause"})
    assert refused.status_code == 409
    assert "deadline_not_running" in refused.content.decode()
    console.post(url, {**form, "action": "resume"})
    assert of(Stage.TRIAGE).state == "open"
    promise = {**form, "deadline": str(of(Stage.NEXT_UPDATE).pk), "action": "pause"}
    assert console.post(url, promise).status_code == 409
    for wrong in ({"action": "fire"}, {"action": "pause", "deadline": "x"}, {}):
        assert console.post(url, wrong).status_code == 400


def test_the_pages_are_for_operators(cast: Cast) -> None:
    for url in ("/console/incidents/deadlines/", "/console/incidents/deadlines/policies/"):
        assert Client().get(url).status_code == 302
        visitor = Client()
        visitor.force_login(User.objects.get_or_create(username="vera", is_staff=True)[0])
        assert visitor.get(url).status_code == 403


def test_a_page_of_many_clocks_asks_few_questions(
    cast: Cast, console: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        cast.jade.report(f"{'abcdefghijklmnop'[number] * 9} crashes")
    with django_assert_max_num_queries(18):
        assert console.get("/console/incidents/deadlines/").status_code == 200
    assert Deadline.objects.count() == 15


def test_a_severity_reaches_a_clock_that_stands_still(cast: Cast, time_machine: Any) -> None:
    """Paused after 10 minutes for two days: a P0 has an hour, and 50 minutes of it are left."""
    incident_id = opened(cast)
    up_to(cast, incident_id, 3)
    time_machine.shift(timedelta(minutes=10))
    press(cast, incident_id, "pause")
    time_machine.shift(48 * HOUR)
    assert tier(cast, incident_id, 4, severity="P0").status_code == 200
    stopped = of(Stage.TRIAGE)
    assert (stopped.state, stopped.severity, stopped.minutes) == ("paused", "P0", 60)
    press(cast, incident_id, "resume")
    assert of(Stage.TRIAGE).due_at == clock.now() + timedelta(minutes=50)


@pytest.mark.parametrize("swept", [False, True])
def test_a_pause_does_not_hide_that_the_time_was_over(
    cast: Cast, time_machine: Any, swept: bool
) -> None:
    incident_id = opened(cast)
    up_to(cast, incident_id, 4, tier_4={"severity": "P3"})
    time_machine.shift(9 * HOUR)
    if swept:
        fire_deadlines()
    due = of(Stage.TRIAGE).due_at
    assert press(cast, incident_id, "pause").json()["breached_at"] == clock.isoformat(due)
    time_machine.shift(5 * HOUR)
    fire_deadlines()
    assert tier(cast, incident_id, 5).status_code == 200
    ended = of(Stage.TRIAGE)
    assert (ended.state, ended.breached_at) == ("met", due)
    events = list(Incident.objects.get().timeline.values_list("event", flat=True))
    assert events.count("deadline_breached") == 1
    assert events.index("deadline_breached") < events.index("deadline_paused")


def test_what_was_paused_in_time_ends_in_time(cast: Cast, time_machine: Any) -> None:
    incident_id = opened(cast)
    up_to(cast, incident_id, 4)
    press(cast, incident_id, "pause")
    time_machine.shift(100 * HOUR)
    assert tier(cast, incident_id, 5).status_code == 200
    assert (of(Stage.TRIAGE).state, of(Stage.TRIAGE).breached_at) == ("met", None)
