"""The page on which the operator moves sections between the sides. It decides nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from access.console.gate import operator_page, refusal_context, refused
from kernel.errors import NOT_FOUND, CareError
from phonehome.console.carve_form import Cut, posted_cut
from phonehome.console.carve_out import CarvePage
from phonehome.console.page import ReviewPage, open_packet
from phonehome.console.race import LOST_RACES, Race
from phonehome.services.revise_packet import revise_packet

PAGE = "phonehome.packet.view"


@operator_page(PAGE)
def carve_out(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The sections side by side. POST moves one and shows the result without writing anything
    (`?part=body`: only what changes); `do=save` writes a new revision."""
    page = ReviewPage(open_packet(record_id))
    if not page.carvable:
        raise CareError(
            NOT_FOUND,
            message="Only a mixed case has a carve-out: all of this one is the product's.",
        )
    if request.method != "POST":
        return render(request, "phonehome/carve_out.html", {"page": page, "carve": CarvePage(page)})
    carve = CarvePage(page, posted_cut(request.POST, page))
    if request.GET.get("part") == "body":
        return render(request, "phonehome/_carve_part.html", {"page": page, "carve": carve})
    if request.POST.get("do") == "save":
        return _save(request, carve)
    return render(request, "phonehome/carve_out.html", {"page": page, "carve": carve})


def _save(request: HttpRequest, carve: CarvePage) -> HttpResponse:
    record_id = carve.page.record.pk
    try:
        record = revise_packet(
            record_id=record_id,
            seen_digest=carve.cut.digest,
            content=carve.content,
            by=request.user,  # type: ignore[arg-type]
        )
    except (CareError, OperationalError) as error:
        return _refused(request, carve.cut, record_id, refused(request, error))
    messages.success(request, f"Saved as revision {record.revision}. It waits for a decision.")
    return redirect("phonehome_console:review", record_id=record_id)


def _refused(request: HttpRequest, cut: Cut, record_id: UUID, error: CareError) -> HttpResponse:
    """The page again, with why, and with the sections where they were put."""
    page = ReviewPage(open_packet(record_id))
    carve = CarvePage(page, cut)
    context: dict[str, Any] = {"page": page, "carve": carve, "refusal": refusal_context(error)}
    if error.code in LOST_RACES:
        context["race"] = Race(page, cut.digest, request.user)
        context["typed"] = {
            "action": "edit",
            "title": cut.title,
            "labels": "\n".join(page.revision.labels),
            "body_markdown": carve.draft.source if carve.draft else "",
        }
        return render(request, "phonehome/lost_race.html", context, status=409)
    return render(request, "phonehome/carve_out.html", context, status=error.status)
