"""Published JSON Schemas, for anybody: they say what a document looks like and nothing of any
case."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from incidents.documents.emit import as_json
from incidents.documents.published import PUBLISHED
from kernel.api.envelope import error_response
from kernel.errors import NOT_FOUND, CareError


@require_safe
def published_schema(request: HttpRequest, name: str) -> HttpResponse:
    if name not in PUBLISHED:
        return error_response(CareError(NOT_FOUND))
    return HttpResponse(as_json(PUBLISHED[name]), content_type="application/schema+json")


urlpatterns = [path("<slug:name>.json", published_schema, name="published-schema")]
