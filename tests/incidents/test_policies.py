"""Policies and calendars: changed on the page and by command, checked, and written down."""

from datetime import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import Tenant
from access.services.authenticate_agent import authenticate_agent
from incidents.deadlines.policies import Step, steps_of, terms_of
from incidents.models import BusinessCalendar, DeadlinePolicy
from incidents.services.set_calendar import set_calendar
from incidents.services.set_deadline_policy import set_deadline_policy
from kernel.errors import CareError
from kernel.models import LedgerEntry
from tests.cast import BY, Cast

pytestmark = pytest.mark.django_db
PAGE = "/console/incidents/deadlines/policies/"
POLICY: dict[str, Any] = {
    "action": "set_policy",
    "tenant": "",
    "stage": "triage",
    "severity": "P2",
    "minutes": "90",
    "at_risk_percent": "50",
    "calendar": "",
    "steps": "reminder 50\non_call 200 duty@example.com\n",
}
CALENDAR: dict[str, Any] = {
    "action": "set_calendar",
    "tenant": "",
    "name": "Berlin",
    "timezone": "Europe/Berlin",
    "weekdays": ["0", "1", "2", "3", "4"],
    "opens": "08:00",
    "closes": "16:30",
    "country": "DE",
    "subdivision": "BE",
    "days_off": "2026-12-24\n2026-12-31",
}


@pytest.fixture
def console(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def test_a_policy_is_set_changed_and_removed_and_each_is_written_down(
    cast: Cast, console: Client
) -> None:
    assert console.post(PAGE, POLICY).status_code == 302
    policy = DeadlinePolicy.objects.get(stage="triage", severity="P2")
    assert (policy.minutes, policy.at_risk_percent) == (90, 50)
    assert steps_of([policy.pk])[policy.pk] == (
        Step("reminder", 50),
        Step("on_call", 200, "duty@example.com"),
    )
    assert terms_of("triage", "P2", cast.home.tenant_id).minutes == 90
    form = console.get(f"{PAGE}?policy={policy.pk}").content.decode()
    assert "on_call 200 duty@example.com" in form
    console.post(PAGE, {**POLICY, "minutes": "120", "steps": ""})
    assert DeadlinePolicy.objects.get(pk=policy.pk).minutes == 120
    console.post(PAGE, {"action": "remove_policy", "policy": str(policy.pk)})
    assert not DeadlinePolicy.objects.filter(pk=policy.pk).exists()
    rows = LedgerEntry.objects.filter(action__startswith="incidents.deadline_policy").order_by("id")
    assert [row.action.rpartition(".")[2] for row in rows] == ["set", "set", "removed"]
    assert [row.actor_label for row in rows] == ["frank"] * 3
    assert rows[0].data["before"] is None
    assert rows[1].data["before"] == rows[0].data["after"]
    assert rows[1].data["after"]["minutes"] == 120


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stage": "lunch"}, "stage"),
        ({"severity": "P9"}, "severity"),
        ({"stage": "classify"}, "severity"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "9000000"}, "minutes"),
        ({"minutes": "many"}, "minutes"),
        ({"at_risk_percent": "0"}, "at_risk_percent"),
        ({"at_risk_percent": "101"}, "at_risk_percent"),
        ({"steps": "shout 50"}, "steps"),
        ({"steps": "reminder"}, "steps"),
        ({"steps": "reminder 0"}, "steps"),
        ({"steps": "reminder 50\nreminder 50"}, "steps"),
        ({"steps": "on_call 150 nobody"}, "steps"),
        ({"steps": "reminder 50 duty@example.com"}, "steps"),
        ({"calendar": "00000000-0000-0000-0000-000000000000"}, "calendar"),
        ({"action": "shout"}, "action"),
    ],
)
def test_a_wrong_policy_changes_nothing_and_comes_back(
    console: Client, change: dict[str, str], field: str
) -> None:
    before = list(DeadlinePolicy.objects.order_by("pk").values())
    refused = console.post(PAGE, {**POLICY, **change})
    assert refused.status_code == 400
    assert field in refused.content.decode()
    assert list(DeadlinePolicy.objects.order_by("pk").values()) == before


def test_the_installations_policy_for_any_severity_stays(console: Client) -> None:
    policy, _ = DeadlinePolicy.objects.get_or_create(
        tenant=None, stage="triage", severity="", defaults={"minutes": 480}
    )
    refused = console.post(PAGE, {"action": "remove_policy", "policy": str(policy.pk)})
    assert (refused.status_code, "deadline_policy_in_use" in refused.content.decode()) == (
        409,
        True,
    )


def test_a_calendar_is_set_and_used_and_cannot_go_while_it_is(cast: Cast, console: Client) -> None:
    assert console.post(PAGE, CALENDAR).status_code == 302
    calendar = BusinessCalendar.objects.get(name="Berlin")
    assert (calendar.opens, calendar.closes) == (time(8), time(16, 30))
    assert calendar.days_off == ["2026-12-24", "2026-12-31"]
    console.post(PAGE, {**POLICY, "calendar": str(calendar.pk)})
    assert terms_of("triage", "P2", cast.home.tenant_id).hours is not None
    assert "Europe/Berlin" in console.get(f"{PAGE}?calendar={calendar.pk}").content.decode()
    gone = {"action": "remove_calendar", "calendar": str(calendar.pk)}
    assert console.post(PAGE, gone).status_code == 409
    console.post(PAGE, POLICY)
    assert console.post(PAGE, gone).status_code == 302
    rows = LedgerEntry.objects.filter(action__startswith="incidents.calendar")
    assert rows.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"country": "QQ"}, "country"),
        ({"subdivision": "ZZ"}, "subdivision"),
        ({"country": ""}, "subdivision"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [""]}, "weekdays"),
        ({"weekdays": ["12"]}, "weekdays"),
        ({"weekdays": ["0", "0"]}, "weekdays"),
        ({"opens": "17:00"}, "closes"),
        ({"opens": "noon"}, "opens"),
        ({"opens": "09:00+01:00"}, "opens"),
        ({"days_off": "tomorrow"}, "days_off"),
        ({"days_off": "20261224"}, "days_off"),
    ],
)
def test_a_wrong_calendar_is_refused(console: Client, change: dict[str, Any], field: str) -> None:
    refused = console.post(PAGE, {**CALENDAR, **change})
    assert refused.status_code == 400
    assert field in refused.content.decode()
    assert not BusinessCalendar.objects.filter(name="Berlin").exists()


def test_a_calendar_without_the_time_its_policy_needs_is_refused(cast: Cast) -> None:
    days = {"timezone": "UTC", "weekdays": [0], "opens": time(9), "by": BY}
    short = set_calendar(name="short", closes=time(9, 1), **days)
    with pytest.raises(CareError) as refused:
        set_deadline_policy(stage="triage", minutes=1000, calendar=short, by=BY)
    assert "calendar" in (refused.value.fields or {})
    enough = set_calendar(name="short", closes=time(17), **days)
    set_deadline_policy(stage="triage", minutes=1000, calendar=enough, by=BY)
    with pytest.raises(CareError) as refused:
        set_calendar(name="short", closes=time(9, 1), **days)
    assert "weekdays" in (refused.value.fields or {})


def test_a_tenants_calendar_is_its_own(cast: Cast, stranger: Cast) -> None:
    theirs = set_calendar(
        name="theirs",
        timezone="UTC",
        weekdays=[0],
        opens=time(9),
        closes=time(17),
        tenant_id=stranger.home.tenant_id,
        by=BY,
    )
    for tenant_id in (None, cast.home.tenant_id):
        with pytest.raises(CareError) as refused:
            set_deadline_policy(
                stage="triage", minutes=60, calendar=theirs, tenant_id=tenant_id, by=BY
            )
        assert "calendar" in (refused.value.fields or {})


def test_agents_configure_nothing(cast: Cast) -> None:
    for agent in (cast.clara, cast.sage):
        by = authenticate_agent(agent.token)
        with pytest.raises(CareError) as refused:
            set_deadline_policy(stage="triage", minutes=60, by=by)
        assert refused.value.code == "operator_required"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("deadline_policy", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_sets_and_removes(cast: Cast) -> None:
    tenant = Tenant.objects.get()
    assert run("set", "triage", "--minutes", "30", "--tenant", tenant.slug, "--severity", "P0",
               "--step", "reminder:50", "--step", "on_call:120:duty@example.com",
               "--calendar", "office hours") == "triage P0: 30 min\n"  # fmt: skip
    line = next(line for line in run("list").splitlines() if line.startswith(tenant.slug))
    assert "office hours" in line
    assert "reminder 50, on_call 120 duty@example.com" in line
    assert terms_of("triage", "P0", tenant.pk).minutes == 30
    assert run("remove", "triage", "--tenant", tenant.slug, "--severity", "P0") == "removed\n"
    for wrong in (
        ("remove", "triage", "--tenant", tenant.slug, "--severity", "P0"),
        ("set", "triage", "--minutes", "0"),
        ("set", "triage", "--minutes", "1", "--tenant", "nowhere"),
        ("set", "triage", "--minutes", "1", "--calendar", "nowhere"),
        ("set", "triage", "--minutes", "1", "--step", "shout"),
    ):
        with pytest.raises(CommandError):
            run(*wrong)


def test_the_page_shows_what_counts(console: Client) -> None:
    page = console.get(PAGE).content.decode()
    assert "round the clock" in page
    assert page.count("operator review") >= 3
    assert console.get(f"{PAGE}?policy=00000000-0000-0000-0000-000000000000").status_code == 404
