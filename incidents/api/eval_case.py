"""An incident as a case for a regression suite."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.eval_case import EVAL_CASE_SCHEMA, eval_case_bytes
from incidents.selectors import get_incident

_INLINE = {key: value for key, value in EVAL_CASE_SCHEMA.items() if not key.startswith("$")}


class EvalCaseView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.documents.read"}

    @extend_schema(
        operation_id="incidents_eval_case",
        parameters=[INCIDENT_ID],
        responses=OpenApiResponse(_INLINE),
    )
    def get(self, request: Any, incident_id: str) -> HttpResponse:
        """The eval case in canonical JSON: redacted input and expected outcome."""
        case = eval_case_bytes(get_incident(self.agent, incident_id))
        return HttpResponse(case, content_type="application/json")


urlpatterns = [
    path("incidents/<str:incident_id>/eval-case", EvalCaseView.as_view(), name="incident-eval-case")
]
