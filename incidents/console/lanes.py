"""The page of lane owners: who hears of a lane's work, and a form to change it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from access.console.gate import operator_page, refusal_context, refused
from access.models import Tenant
from incidents.console.case import VIEW
from incidents.desk.lanes import COMPONENTS, DEFAULT_LANE
from incidents.lanes import EVERY_LANE
from incidents.models import LaneOwner
from incidents.services.set_lane_owner import MAX_LANE, remove_lane_owner, set_lane_owner
from kernel.errors import CareError, invalid


@operator_page(VIEW)
def lanes(request: HttpRequest) -> HttpResponse:
    """GET shows every tenant's lane owners; POST sets or removes one."""
    refusal: dict[str, Any] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request.POST, request.user))
            return redirect("incidents_console:lanes")
        except (CareError, OperationalError) as error:
            refusal = refusal_context(refused(request, error))
    tenants = list(Tenant.objects.all())
    slugs = {tenant.pk: tenant.slug for tenant in tenants}
    context = {
        "rows": [
            {"owner": one, "tenant": slugs[one.tenant_id]}
            for one in LaneOwner.objects.select_related("persona").order_by("tenant_id", "lane")
        ],
        "tenants": tenants,
        "several": len(tenants) > 1,
        "known": [*COMPONENTS, DEFAULT_LANE, EVERY_LANE],
        "refusal": refusal,
        "typed": request.POST,
        "most": MAX_LANE,
    }
    return render(request, "incidents/lanes.html", context, status=refusal.get("status", 200))


def _act(posted: QueryDict, by: Any) -> str:
    lane, tenant_id = posted.get("lane", ""), _tenant_id(posted.get("tenant", ""))
    match posted.get("action"):
        case "set":
            row = set_lane_owner(
                lane=lane, identity=posted.get("persona", "").strip(), tenant_id=tenant_id, by=by
            )
            return f"{row.persona.identity} hears of {row.lane} from now on."
        case "remove":
            remove_lane_owner(lane=lane, tenant_id=tenant_id, by=by)
            return f"{lane} has no owner of its own any more."
        case _:
            raise invalid(action="One of set, remove.")


def _tenant_id(slug: str) -> UUID:
    """Raises invalid_request."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise invalid(tenant="There is no such tenant.")
    return tenant.pk
