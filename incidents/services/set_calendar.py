"""Say when people work."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import holidays
from django.db import transaction

from access import policy as guard
from incidents.deadlines.policies import steps_of, working_hours
from incidents.errors import POLICY_IN_USE
from incidents.models import BusinessCalendar
from incidents.services.set_deadline_policy import holds
from kernel import clock
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_NAME = 80
MAX_DAYS_OFF = 500
# A calendar has a working day in the year to come, or it is not one.
_A_YEAR = 366


@transaction.atomic
def set_calendar(
    *,
    name: str,
    timezone: str,
    weekdays: Sequence[int],
    opens: time,
    closes: time,
    by: Principal,
    tenant_id: UUID | None = None,
    country: str = "",
    subdivision: str = "",
    days_off: Sequence[str] = (),
) -> BusinessCalendar:
    """The calendar of that name, a tenant's or (None) the installation's, made or changed.

    `weekdays` count from Monday, 0; `days_off` are ISO dates. Clocks that run keep their times.
    Raises invalid_request: an unknown zone, country or part of it, no working day within a year,
    less working time than a policy that counts by it needs.
    """
    guard.require(by, "incidents.deadline.configure")
    if not name.strip() or len(name) > MAX_NAME:
        raise invalid(name=f"1 to {MAX_NAME} characters.")
    _check_place(timezone, country, subdivision)
    _check_hours(weekdays, opens, closes)
    _check_days_off(days_off)
    key = {"tenant_id": tenant_id, "name": name.strip()}
    calendar = BusinessCalendar.objects.select_for_update(of=("self",)).filter(**key).first()
    before = None if calendar is None else as_written(calendar)
    calendar = calendar or BusinessCalendar(**key)
    calendar.timezone, calendar.country, calendar.subdivision = timezone, country, subdivision
    calendar.weekdays, calendar.days_off = sorted(weekdays), sorted(days_off)
    calendar.opens, calendar.closes = opens, closes
    _check_that_somebody_works(calendar)
    calendar.save()
    record(
        "incidents.calendar.set",
        by=by,
        subject=calendar,
        tenant_id=tenant_id,
        before=before,
        after=as_written(calendar),
    )
    return calendar


@transaction.atomic
def remove_calendar(*, calendar_id: UUID, by: Principal) -> None:
    """Raises not_found, deadline_policy_in_use."""
    guard.require(by, "incidents.deadline.configure")
    calendar = BusinessCalendar.objects.select_for_update(of=("self",)).filter(pk=calendar_id)
    found = calendar.first()
    if found is None:
        raise CareError(NOT_FOUND)
    if found.policies.exists():
        raise CareError(POLICY_IN_USE)
    record(
        "incidents.calendar.removed",
        by=by,
        subject=found,
        tenant_id=found.tenant_id,
        before=as_written(found),
    )
    found.delete()


def as_written(calendar: BusinessCalendar) -> dict[str, Any]:
    """A calendar as the ledger keeps it."""
    return {
        "name": calendar.name,
        "timezone": calendar.timezone,
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        "weekdays": list(calendar.weekdays),
        "opens": f"{calendar.opens:%H:%M}",
        "closes": f"{calendar.closes:%H:%M}",
        "days_off": list(calendar.days_off),
    }


@cache
def _countries() -> dict[str, list[str]]:
    return holidays.list_supported_countries()


def _check_place(timezone: str, country: str, subdivision: str) -> None:
    if timezone not in available_timezones():
        raise invalid(timezone="A name of the time zone database, such as Europe/Berlin.")
    if country and country not in _countries():
        raise invalid(country="A country's two letters, such as DE, whose holidays are known.")
    if subdivision and subdivision not in _countries().get(country, ()):
        raise invalid(subdivision="A part of that country whose holidays are known, or empty.")


def _check_hours(weekdays: Sequence[int], opens: time, closes: time) -> None:
    days = set(weekdays)
    if not days or len(days) != len(weekdays) or not days <= set(range(7)):
        raise invalid(weekdays="Days from 0 (Monday) to 6, each once, at least one.")
    if closes <= opens:
        raise invalid(closes="Must be later than it opens, on the same day.")


def _check_days_off(days_off: Sequence[str]) -> None:
    if len(days_off) > MAX_DAYS_OFF:
        raise invalid(days_off=f"At most {MAX_DAYS_OFF}.")
    for day in days_off:
        try:
            written = date.fromisoformat(day).isoformat()
        except ValueError:
            written = ""
        if written != day:
            raise invalid(days_off="Dates such as 2026-12-24.")


def _check_that_somebody_works(calendar: BusinessCalendar) -> None:
    hours = working_hours(calendar)
    today = clock.now().date()
    if hours and not any(hours.works_on(today + timedelta(days=n)) for n in range(_A_YEAR)):
        raise invalid(weekdays="Nobody works on any day of the year to come.")
    if calendar._state.adding:
        return
    policies = list(calendar.policies.all())
    steps = steps_of([one.pk for one in policies])
    if not all(holds(calendar, one.minutes, steps[one.pk]) for one in policies):
        raise invalid(weekdays="A policy needs more working time than this has in ten years.")
