"""The page of the taxonomy: what there is, and a form to add and to retire."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from access.console.gate import operator_page, refusal_context, refused
from access.models import Tenant
from incidents.console.case import VIEW
from incidents.models import Category
from incidents.services.add_category import MAX_MEANING, add_category
from incidents.services.retire_category import retire_category
from kernel.errors import CareError, invalid

EVERY_TENANT = ""


@operator_page(VIEW)
def categories(request: HttpRequest) -> HttpResponse:
    """GET shows every tenant's categories; POST adds or retires one."""
    refusal: dict[str, Any] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request.POST, request.user))
            return redirect("incidents_console:categories")
        except (CareError, OperationalError) as error:
            refusal = refusal_context(refused(request, error))
    tenants = list(Tenant.objects.all())
    slugs = {tenant.pk: tenant.slug for tenant in tenants}
    rows = [
        {"category": one, "tenant": slugs[one.tenant_id] if one.tenant_id else EVERY_TENANT}
        for one in Category.objects.order_by("name", "tenant_id")
    ]
    context = {
        "rows": rows,
        "tenants": tenants,
        "refusal": refusal,
        "typed": request.POST,
        "most": MAX_MEANING,
    }
    return render(request, "incidents/categories.html", context, status=refusal.get("status", 200))


def _act(posted: QueryDict, by: Any) -> str:
    name, tenant_id = posted.get("name", "").strip(), _tenant_id(posted.get("tenant", ""))
    match posted.get("action"):
        case "add":
            category, created = add_category(
                name=name, meaning=posted.get("meaning", ""), tenant_id=tenant_id, by=by
            )
            return f"{category.name} is {'added' if created else 'in use again'}."
        case "retire":
            retire_category(name=name, tenant_id=tenant_id, by=by)
            return f"{name} is retired. Incidents that have it keep it."
        case _:
            raise invalid(action="One of add, retire.")


def _tenant_id(slug: str) -> UUID | None:
    """None for every tenant. Raises invalid_request."""
    if slug == EVERY_TENANT:
        return None
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise invalid(tenant="There is no such tenant.")
    return tenant.pk
