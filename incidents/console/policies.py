"""The page of policies and calendars, and the forms that change them."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from access.console.gate import operator_page, refusal_context, refused
from access.models import Tenant
from incidents.console.case import VIEW
from incidents.deadlines.policies import steps_of
from incidents.deadlines.words import read_steps, write_steps
from incidents.models import BusinessCalendar, DeadlinePolicy
from incidents.services.set_calendar import remove_calendar, set_calendar
from incidents.services.set_deadline_policy import remove_deadline_policy, set_deadline_policy
from incidents.states import Severity, Stage
from kernel.api.query import number, uuid_or_none
from kernel.errors import NOT_FOUND, CareError, invalid

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@operator_page(VIEW)
def policies(request: HttpRequest) -> HttpResponse:
    """What counts now, and a form per row. POST changes one policy or calendar."""
    if request.method != "POST":
        return _page(request, {}, 200)
    try:
        messages.success(request, _ACTIONS[_action(request.POST)](request.POST, request.user))
    except (CareError, OperationalError) as error:
        refusal = refusal_context(refused(request, error))
        return _page(request, {"refusal": refusal, "typed": request.POST}, refusal["status"])
    return redirect("incidents_console:policies")


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    """`typed` is a form that was refused; else `?policy=` or `?calendar=` fills the forms."""
    rows = list(DeadlinePolicy.objects.select_related("tenant", "calendar"))
    steps = steps_of([one.pk for one in rows])
    order = list(Stage.values)
    rows.sort(
        key=lambda one: (
            one.tenant.slug if one.tenant else "",
            order.index(one.stage),
            one.severity,
        )
    )
    calendars = list(BusinessCalendar.objects.select_related("tenant"))
    typed = context.pop("typed", None) or QueryDict()
    policy = _chosen(DeadlinePolicy, request, "policy")
    calendar = _chosen(BusinessCalendar, request, "calendar")
    page = {
        "rows": [(one, write_steps(steps[one.pk])) for one in rows],
        "calendars": [(one, [DAYS[day][:3] for day in one.weekdays]) for one in calendars],
        "stages": Stage.choices,
        "severities": Severity.values,
        "tenants": Tenant.objects.all(),
        "days": list(enumerate(DAYS)),
        "policy": _policy_form(typed, policy, steps),
        "calendar": _calendar_form(typed, calendar),
    }
    return render(request, "incidents/policies.html", {**page, **context}, status=status)


def _chosen(model: Any, request: HttpRequest, name: str) -> Any:
    wanted = uuid_or_none(request.GET, name)
    if wanted is None:
        return None
    found = model.objects.filter(pk=wanted).first()
    if found is None:
        raise CareError(NOT_FOUND)
    return found


def _policy_form(typed: QueryDict, policy: DeadlinePolicy | None, steps: Any) -> dict[str, Any]:
    if typed.get("action") == "set_policy":
        return {**typed.dict(), "open": True}
    if policy is None:
        return {"at_risk_percent": 75}
    return {
        "open": True,
        "tenant": str(policy.tenant_id or ""),
        "stage": policy.stage,
        "severity": policy.severity,
        "minutes": policy.minutes,
        "at_risk_percent": policy.at_risk_percent,
        "calendar": str(policy.calendar_id or ""),
        "steps": "\n".join(write_steps(steps[policy.pk])),
    }


def _calendar_form(typed: QueryDict, calendar: BusinessCalendar | None) -> dict[str, Any]:
    if typed.get("action") == "set_calendar":
        return {**typed.dict(), "weekdays": _weekdays(typed), "open": True}
    if calendar is None:
        return {"timezone": "UTC", "weekdays": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "17:00"}
    return {
        "open": True,
        "tenant": str(calendar.tenant_id or ""),
        "name": calendar.name,
        "timezone": calendar.timezone,
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        "weekdays": calendar.weekdays,
        "opens": f"{calendar.opens:%H:%M}",
        "closes": f"{calendar.closes:%H:%M}",
        "days_off": "\n".join(calendar.days_off),
    }


def _action(form: QueryDict) -> str:
    action = form.get("action", "")
    if action not in _ACTIONS:
        raise invalid(action=f"One of {', '.join(_ACTIONS)}.")
    return action


def _set_policy(form: QueryDict, by: Any) -> str:
    calendar_id = uuid_or_none(_given(form, "calendar"), "calendar")
    calendar = BusinessCalendar.objects.filter(pk=calendar_id).first() if calendar_id else None
    if calendar_id and calendar is None:
        raise invalid(calendar="There is no such calendar.")
    policy = set_deadline_policy(
        tenant_id=uuid_or_none(_given(form, "tenant"), "tenant"),
        stage=form.get("stage", ""),
        severity=form.get("severity", ""),
        minutes=number(form, "minutes", 0, 0, 10_000_000),
        at_risk_percent=number(form, "at_risk_percent", 0, 0, 1000),
        calendar=calendar,
        steps=read_steps(form.get("steps", "").splitlines()),
        by=by,
    )
    return f"Set: {policy}."


def _remove_policy(form: QueryDict, by: Any) -> str:
    remove_deadline_policy(policy_id=_named(form, "policy"), by=by)
    return "Removed. The next less particular policy counts from now on."


def _set_calendar(form: QueryDict, by: Any) -> str:
    calendar = set_calendar(
        tenant_id=uuid_or_none(_given(form, "tenant"), "tenant"),
        name=form.get("name", ""),
        timezone=form.get("timezone", "").strip(),
        country=form.get("country", "").strip().upper(),
        subdivision=form.get("subdivision", "").strip().upper(),
        weekdays=_weekdays(form),
        opens=_time(form, "opens"),
        closes=_time(form, "closes"),
        days_off=form.get("days_off", "").split(),
        by=by,
    )
    return f"Set: the calendar {calendar}."


def _remove_calendar(form: QueryDict, by: Any) -> str:
    remove_calendar(calendar_id=_named(form, "calendar"), by=by)
    return "Removed."


def _weekdays(form: QueryDict) -> list[int]:
    """What is no day is left out."""
    return [int(one) for one in form.getlist("weekdays") if one in set("0123456")]


def _given(form: QueryDict, name: str) -> dict[str, str]:
    """An empty choice is none."""
    value = form.get(name)
    return {name: str(value)} if value else {}


def _named(form: QueryDict, name: str) -> Any:
    found = uuid_or_none(_given(form, name), name)
    if found is None:
        raise invalid(**{name: "Name one."})
    return found


def _time(form: QueryDict, name: str) -> time:
    try:
        at = time.fromisoformat(form.get(name, ""))
    except ValueError:
        raise invalid(**{name: "A time such as 09:00."}) from None
    if at.tzinfo is not None:
        raise invalid(**{name: "A time such as 09:00, without a zone."})
    return at


_ACTIONS = {
    "set_policy": _set_policy,
    "remove_policy": _remove_policy,
    "set_calendar": _set_calendar,
    "remove_calendar": _remove_calendar,
}
