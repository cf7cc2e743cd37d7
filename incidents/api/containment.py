"""What was done to stop the damage."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.api.record import ContainmentActionSerializer, containment_body
from incidents.selectors import get_incident
from incidents.services.record_containment import MAX_DETAIL, record_containment
from kernel.api.idempotency import once
from kernel.api.serializers import StrictCharField, StrictSerializer


class ContainSerializer(StrictSerializer):
    """`action` is a name such as `force_mandatory_approval`; `detail` says more in words."""

    action = StrictCharField(max_length=100, trim_whitespace=False)
    detail = StrictCharField(max_length=MAX_DETAIL, required=False, allow_blank=True)


class ContainmentView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.documents.read",
        "POST": "incidents.incident.contain",
    }

    @extend_schema(
        operation_id="incidents_containment_list",
        parameters=[INCIDENT_ID],
        responses=inline_serializer(
            "ContainmentActions",
            {
                "results": ContainmentActionSerializer(many=True),
                "next": serializers.CharField(allow_null=True),
            },
        ),
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The containment actions in the order they were done; a case has few, so all at once."""
        incident = get_incident(self.agent, incident_id)
        rows = [containment_body(row) for row in incident.containment_actions.all()]
        return Response({"results": rows, "next": None})

    @extend_schema(
        operation_id="incidents_contain",
        parameters=[INCIDENT_ID],
        request=ContainSerializer,
        responses={201: ContainmentActionSerializer},
    )
    def post(self, request: Any, incident_id: str) -> Response:
        """Write down one containment action; it stays."""
        data = self.validated(ContainSerializer)

        def work() -> Response:
            row = record_containment(
                incident_id=incident_id, tenant_id=self.agent.tenant_id, by=self.agent, **data
            )
            return Response(containment_body(row), status=201)

        return once(request, work)


urlpatterns = [
    path(
        "incidents/<str:incident_id>/containment-actions",
        ContainmentView.as_view(),
        name="incident-containment",
    ),
]
