"""One case as its pages show it: the head that all of them share, and the page's own part."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from access.console.gate import refusal_context, refused
from incidents.models import Incident
from kernel.errors import NOT_FOUND, CareError

VIEW = "incidents.case.view"


@dataclass(frozen=True)
class Tab:
    """A page of a case; `route` is its name within `incidents_console`."""

    route: str
    label: str


# In the order in which they stand above every page of a case.
TABS: tuple[Tab, ...] = (
    Tab("case", "Case"),
    Tab("triage", "Triage"),
    Tab("record", "Record"),
    Tab("timeline", "Timeline"),
    Tab("lesson", "Lesson"),
    Tab("checklist", "Checklist"),
    Tab("case_deadlines", "Deadlines"),
)


def open_case(pk: UUID) -> Incident:
    """The incident of a page. Raises not_found."""
    incident = (
        Incident.objects.select_related("project__tenant", "reporter", "intake")
        .filter(pk=pk)
        .first()
    )
    if incident is None:
        raise CareError(NOT_FOUND)
    return incident


def case_page(
    request: HttpRequest,
    incident: Incident,
    route: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`templates/incidents/<route>.html` with the head of the case."""
    tabs = [
        {
            "label": tab.label,
            "url": reverse(f"incidents_console:{tab.route}", kwargs={"pk": incident.pk}),
            "current": tab.route == route,
        }
        for tab in TABS
    ]
    head = {"incident": incident, "tabs": tabs}
    return render(request, f"incidents/{route}.html", {**head, **(context or {})}, status=status)


def refused_page(
    request: HttpRequest,
    incident: Incident,
    route: str,
    error: Exception,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page again after a form that was refused: why, and what to do next. `context` brings
    back what was typed."""
    refusal = refusal_context(refused(request, error))
    return case_page(
        request, incident, route, {"refusal": refusal, **(context or {})}, refusal["status"]
    )
