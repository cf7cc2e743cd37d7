"""The page that takes in a file of documents."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.console.gate import operator_page, refusal_context, refused
from access.models import Tenant
from incidents.documents.nodes import MAX_BYTES
from incidents.services.import_documents import Taken, import_documents
from kernel.errors import CareError, invalid


@operator_page("incidents.documents.import")
def import_page(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST takes the file in, or says what is wrong line by line."""
    refusal: dict[str, Any] = {}
    taken: Taken | None = None
    checking = request.POST.get("action") == "check"
    if request.method == "POST":
        try:
            taken = _take(request, checking)
        except (CareError, OperationalError) as error:
            refusal = refusal_context(refused(request, error))
    context = {
        "tenants": Tenant.objects.all(),
        "typed": request.POST,
        "refusal": refusal,
        "taken": taken,
        "checking": checking,
        "most": MAX_BYTES // 1024,
    }
    return render(request, "incidents/import.html", context, status=refusal.get("status", 200))


def _take(request: HttpRequest, checking: bool) -> Taken:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise invalid(file="Choose a file.")
    tenant = Tenant.objects.filter(slug=request.POST.get("tenant", "")).first()
    if tenant is None:
        raise invalid(tenant="There is no such tenant.")
    by: Any = request.user
    return import_documents(
        data=file.read(MAX_BYTES + 1),
        tenant_id=tenant.pk,
        pid=request.POST.get("pid", "").strip(),
        by=by,
        check_only=checking,
        waiver_reason=request.POST.get("waiver_reason", ""),
    )
