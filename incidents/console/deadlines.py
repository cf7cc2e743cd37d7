"""Pages about clocks: everything that runs, and those of one case."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from access.console.gate import operator_page, refusal_context, refused
from incidents.console.case import VIEW, case_page, open_case, refused_page
from incidents.console.listing import asked_for, tenant_choices, tenant_ids
from incidents.deadlines.clocks import PROMISES
from incidents.models import Deadline
from incidents.selectors_deadlines import AT_RISK, BREACHED, deadlines_of, running_deadlines
from incidents.services.pause_deadline import pause_deadline, resume_deadline
from incidents.states import DeadlineState, Severity, Stage
from kernel import clock
from kernel.api.query import one_of, uuid_or_none
from kernel.errors import CareError, invalid
from kernel.spans import Due, due

SHOWN = 60
_FILTERS = ("stage", "severity", "tenant")


@dataclass(frozen=True)
class Row:
    """One clock as a page shows it."""

    deadline: Deadline
    due: Due

    @property
    def running(self) -> bool:
        return self.deadline.state == DeadlineState.OPEN

    @property
    def paused(self) -> bool:
        return self.deadline.state == DeadlineState.PAUSED

    @property
    def pausable(self) -> bool:
        return self.running and self.deadline.stage not in PROMISES


@dataclass(frozen=True)
class Group:
    """Clocks in the same state of worry; `more` says that not all are shown."""

    name: str
    title: str
    rows: list[Row]
    more: bool


def rows_of(deadlines: QuerySet[Deadline]) -> list[Row]:
    now = clock.now()
    return [Row(one, due(one.due_at, now)) for one in deadlines]


@operator_page(VIEW)
def deadlines(request: HttpRequest) -> HttpResponse:
    """Everything that runs, what is breached and at risk first. POST pauses or resumes one."""
    if request.method == "POST":
        try:
            messages.success(request, act(request.POST, request.user, None))
        except (CareError, OperationalError) as error:
            refusal = refusal_context(refused(request, error))
            return _list(request, {"refusal": refusal}, refusal["status"])
        return redirect(request.get_full_path())
    return _list(request, {}, 200)


@operator_page(VIEW)
def case_deadlines(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The clocks of one case, ended ones too. POST pauses or resumes one."""
    incident = open_case(pk)
    context = {"rows": rows_of(deadlines_of(incident))}
    if request.method == "POST":
        try:
            messages.success(request, act(request.POST, request.user, incident.incident_id))
        except (CareError, OperationalError) as error:
            return refused_page(request, incident, "case_deadlines", error, context)
        return redirect("incidents_console:case_deadlines", pk=pk)
    return case_page(request, incident, "case_deadlines", context)


def act(form: QueryDict, by: Any, incident_id: str | None) -> str:
    """Pause or resume the named clock; what was done. Raises what the services raise."""
    which = uuid_or_none(form, "deadline")
    action = form.get("action")
    if which is None or action not in ("pause", "resume"):
        raise invalid(action="Name a deadline, and pause or resume.")
    verb = pause_deadline if action == "pause" else resume_deadline
    reason = form.get("reason", "")
    deadline = verb(deadline_id=which, reason=reason, by=by, incident_id=incident_id)
    done = "Paused" if action == "pause" else "Set going again"
    return f"{done}: {deadline.get_stage_display()}."


def _list(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    asked = asked_for(request.GET, _FILTERS)
    found = running_deadlines(
        stage=one_of(asked, "stage", tuple(Stage.values), None) or "",
        severity=one_of(asked, "severity", tuple(Severity.values), None) or "",
        tenants=tenant_ids(asked["tenant"]) if "tenant" in asked else None,
    )
    groups = [
        _group("breached", "Over", found.filter(BREACHED)),
        _group("at-risk", "Nearly over", found.filter(AT_RISK)),
        _group("paused", "Paused", found.filter(state=DeadlineState.PAUSED, breached_at=None)),
        _group(
            "in-time",
            "In time",
            found.filter(state=DeadlineState.OPEN, was_at_risk=False, breached_at=None),
        ),
    ]
    page = {
        "groups": [one for one in groups if one.rows],
        "asked": asked,
        "query": urlencode(asked),
        "stages": Stage.choices,
        "severities": Severity.values,
        "tenants": tenant_choices(),
    }
    return render(request, "incidents/deadlines.html", {**page, **context}, status=status)


def _group(name: str, title: str, found: QuerySet[Deadline]) -> Group:
    rows = rows_of(found[: SHOWN + 1])
    return Group(name, title, rows[:SHOWN], len(rows) > SHOWN)
