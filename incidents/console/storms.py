"""The page of storms: whose reports are held, how many, and the button that lets them go."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from access.console.gate import operator_page, refusal_context, refused
from incidents.console.case import VIEW
from incidents.models import Storm
from incidents.services.release_storm import release_storm
from kernel.api.query import uuid_or_none
from kernel.errors import CareError, invalid

SHOWN = 50


@operator_page(VIEW)
def storms(request: HttpRequest) -> HttpResponse:
    """Open storms, then the last that are over. POST releases one."""
    if request.method == "POST":
        try:
            which = uuid_or_none(request.POST, "storm")
            if which is None:
                raise invalid(storm="Name the storm.")
            storm = release_storm(storm_id=which, by=request.user)  # type: ignore[arg-type]
        except (CareError, OperationalError) as error:
            refusal = refusal_context(refused(request, error))
            return _page(request, {"refusal": refusal}, refusal["status"])
        messages.success(request, f"Released: {storm.reporter.identity}'s reports go on.")
        return redirect("incidents_console:storms")
    return _page(request, {}, 200)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    found = (
        Storm.objects.select_related("reporter__project__tenant")
        .annotate(held=Count("reports"), different=Count("reports__fingerprint", distinct=True))
        .order_by("-id")
    )
    lists = {
        "open": found.filter(released_at__isnull=True)[:SHOWN],
        "over": found.filter(released_at__isnull=False)[:SHOWN],
    }
    return render(request, "incidents/storms.html", {**lists, **context}, status=status)
