"""The operator's pages about incidents. They decide nothing."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.console.gate import operator_page
from incidents.console.case import VIEW, case_page, open_case
from incidents.console.listing import choices, listing
from incidents.console.overview import Overview
from incidents.search import similar_incidents


@require_safe
@operator_page(VIEW)
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the case is, where it stands and with whom."""
    incident = open_case(pk)
    context = {"overview": Overview(incident), "similar": similar_incidents(incident)}
    return case_page(request, incident, "case", context)


@require_safe
@operator_page(VIEW)
def incident_list(request: HttpRequest) -> HttpResponse:
    """All incidents, newest first, by filters and words."""
    page = listing(request.GET)
    newest = urlencode(page.asked)
    context = {"listing": page, "choices": choices(), "newest": newest}
    return render(request, "incidents/list.html", context)
