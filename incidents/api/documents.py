"""The documents of seed 002 over HTTP, as JSON or YAML."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.documents.build import incident_record, postmortem_link
from incidents.documents.emit import as_yaml
from incidents.documents.shape import INCIDENT_POSTMORTEM_LINK, INCIDENT_RECORD, Schema
from incidents.models import Incident
from incidents.selectors import get_incident
from kernel.api.renderers import YAMLRenderer


def _response(schema: Schema) -> OpenApiResponse:
    inline = {key: value for key, value in schema.items() if not key.startswith("$")}
    return OpenApiResponse(inline)


class _DocumentView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.documents.read"}
    renderer_classes = [JSONRenderer, YAMLRenderer]

    def answer(
        self, request: Any, incident_id: str, build: Callable[[Incident], dict[str, Any]]
    ) -> Response:
        document = build(get_incident(self.agent, incident_id))
        in_yaml = request.accepted_renderer.format == YAMLRenderer.format
        return Response(as_yaml(document) if in_yaml else document)


class RecordView(_DocumentView):
    @extend_schema(
        operation_id="incidents_record",
        parameters=[INCIDENT_ID],
        responses=_response(INCIDENT_RECORD),
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The incident record, as JSON or (`Accept: application/yaml`) in the seed's YAML."""
        return self.answer(request, incident_id, incident_record)


class PostmortemLinkView(_DocumentView):
    @extend_schema(
        operation_id="incidents_postmortem_link",
        parameters=[INCIDENT_ID],
        responses=_response(INCIDENT_POSTMORTEM_LINK),
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """What the incident led to, as JSON or YAML; `not_found` before there is a postmortem."""
        return self.answer(request, incident_id, postmortem_link)


urlpatterns = [
    path("incidents/<str:incident_id>/record", RecordView.as_view(), name="incident-record"),
    path(
        "incidents/<str:incident_id>/postmortem-link",
        PostmortemLinkView.as_view(),
        name="incident-postmortem-link",
    ),
]
