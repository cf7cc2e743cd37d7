"""The operator's pages: what waits, and one packet to decide about. They decide nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from access.console.gate import operator_page, refusal_context, refused
from kernel.canonical import sha256_hex
from kernel.errors import CareError
from phonehome.console.decisions import act, typed_text
from phonehome.console.page import ReviewPage, open_packet
from phonehome.console.queue import review_queue
from phonehome.console.race import LOST_RACES, Race

PAGE = "phonehome.packet.view"


@require_safe
@operator_page(PAGE)
def review_list(request: HttpRequest) -> HttpResponse:
    """The list; with `?part=queue` only the part that changes, for the poll."""
    return _polled(request, "phonehome/review_list.html", "queue", {"queue": review_queue()})


@operator_page(PAGE)
def review(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One packet. GET shows it (`?edit=1`: its form, `?part=state`: what changes by itself,
    `?part=payload`: the bytes under the digest); POST takes a decision."""
    if request.method == "POST":
        return _post(request, record_id)
    page = ReviewPage(open_packet(record_id))
    if request.GET.get("part") == "payload":
        return _payload(page)
    editing = bool(request.GET.get("edit")) and page.editable
    context = {"page": page, "editing": editing, "typed": _untouched(page) if editing else {}}
    return _polled(request, "phonehome/review.html", "state", context)


def _post(request: HttpRequest, record_id: UUID) -> HttpResponse:
    try:
        done = act(request.POST, record_id=record_id, by=request.user)
    except (CareError, OperationalError) as error:
        return _refused(request, record_id, refused(request, error))
    messages.success(request, done)
    return redirect("phonehome_console:review", record_id=record_id)


def _refused(request: HttpRequest, record_id: UUID, error: CareError) -> HttpResponse:
    """The page again, with why, and with what was typed."""
    page = ReviewPage(open_packet(record_id))
    context: dict[str, Any] = {
        "page": page,
        "refusal": refusal_context(error),
        "typed": typed_text(request.POST),
    }
    if error.code in LOST_RACES:
        context["race"] = Race(page, request.POST.get("digest", ""), request.user)
        return render(request, "phonehome/lost_race.html", context, status=409)
    context["editing"] = request.POST.get("action") == "edit" and page.editable
    return render(request, "phonehome/review.html", context, status=error.status)


def _untouched(page: ReviewPage) -> dict[str, str]:
    revision = page.revision
    return {
        "title": revision.title,
        "body_markdown": revision.source_body,
        "labels": "\n".join(revision.labels),
    }


def _payload(page: ReviewPage) -> HttpResponse:
    response = HttpResponse(page.payload, content_type="application/json")
    name = f"{page.incident.incident_id}-r{page.revision.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _polled(
    request: HttpRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """The whole page, or for `?part=…` only that part of it, with an ETag: a poll that finds
    nothing new costs no transfer and does not touch the page."""
    if request.GET.get("part") != part:
        return render(request, template, context)
    response = render(request, f"phonehome/_{part}.html", context)
    etag = f'"{sha256_hex(response.content)}"'
    if request.headers.get("If-None-Match") == etag:
        unchanged = HttpResponseNotModified()
        unchanged["ETag"] = etag
        return unchanged
    response["ETag"] = etag
    return response
