"""The terms a clock was given: they stay, whatever becomes of its policy and its calendar."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from incidents.deadlines.calendar import WorkingHours
from incidents.deadlines.policies import Step, Terms, own_terms, steps_of, working_hours
from incidents.models import Deadline


def keep(terms: Terms) -> dict[str, Any]:
    """As JSON: percentages, steps, hours (null round the clock) and the calendar's name."""
    calendar = terms.policy.calendar if terms.policy else None
    return {
        "at_risk_percent": terms.at_risk_percent,
        "steps": [[step.kind, step.after_percent, step.address] for step in terms.steps],
        "calendar": calendar.name if calendar else "",
        "hours": _write(terms.hours) if terms.hours else None,
    }


def kept(deadline: Deadline) -> Terms:
    """A clock from before terms were kept has those that its policy has now."""
    if deadline.terms is None:
        return replace(_as_they_are_now(deadline), minutes=deadline.minutes)
    return Terms(
        minutes=deadline.minutes,
        at_risk_percent=deadline.terms["at_risk_percent"],
        hours=_read(deadline.terms["hours"]) if deadline.terms["hours"] else None,
        steps=tuple(Step(*step) for step in deadline.terms["steps"]),
        policy=deadline.policy,
    )


def _as_they_are_now(deadline: Deadline) -> Terms:
    policy = deadline.policy
    if policy is None:
        return own_terms(deadline.stage, deadline.severity)
    return Terms(
        minutes=policy.minutes,
        at_risk_percent=policy.at_risk_percent,
        hours=working_hours(policy.calendar),
        steps=steps_of([policy.pk])[policy.pk],
        policy=policy,
    )


def _write(hours: WorkingHours) -> dict[str, Any]:
    return {
        "timezone": hours.timezone,
        "weekdays": sorted(hours.weekdays),
        "opens": hours.opens.isoformat(),
        "closes": hours.closes.isoformat(),
        "country": hours.country,
        "subdivision": hours.subdivision,
        "days_off": sorted(day.isoformat() for day in hours.days_off),
    }


def _read(written: dict[str, Any]) -> WorkingHours:
    return WorkingHours(
        timezone=written["timezone"],
        weekdays=frozenset(written["weekdays"]),
        opens=time.fromisoformat(written["opens"]),
        closes=time.fromisoformat(written["closes"]),
        country=written["country"],
        subdivision=written["subdivision"],
        days_off=frozenset(date.fromisoformat(day) for day in written["days_off"]),
    )
