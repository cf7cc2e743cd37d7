"""Moving an incident (api.md §incidents)."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.api.incidents import IncidentSerializer, incident_body
from incidents.conditions import MOVES
from incidents.selectors import get_incident
from incidents.services.move_incident import move_incident
from kernel.api.idempotency import once
from kernel.api.serializers import StrictCharField, StrictSerializer

REASON = 1000


class TransitionSerializer(StrictSerializer):
    """`triaging` reopens."""

    to = serializers.ChoiceField([one.value for one in MOVES])
    reason = StrictCharField(max_length=REASON)


class TransitionView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.incident.move"}

    @extend_schema(
        operation_id="incidents_move",
        parameters=[INCIDENT_ID],
        request=TransitionSerializer,
        responses={200: IncidentSerializer},
    )
    def post(self, request: Any, incident_id: str) -> Response:
        """Move an incident to contained, resolved or closed, or reopen it (`triaging`). A refusal
        lists in `details.missing` everything that is not there yet."""
        move = self.validated(TransitionSerializer)

        def work() -> Response:
            move_incident(
                incident_id=incident_id, tenant_id=self.agent.tenant_id, by=self.agent, **move
            )
            return Response(incident_body(get_incident(self.agent, incident_id)))

        return once(request, work)


urlpatterns = [
    path(
        "incidents/<str:incident_id>/transitions",
        TransitionView.as_view(),
        name="incident-transitions",
    ),
]
