"""The text of a case, and its title."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID, LONG_TEXT
from incidents.citations import text_digest
from incidents.services.revise_text import revise_text
from incidents.states import IncidentStatus
from kernel.api.serializers import StrictCharField, StrictSerializer


class RevisedTextSerializer(StrictSerializer):
    """A text that differs from the one before opens tier 3 again."""

    title = StrictCharField(max_length=200, required=False)
    text = StrictCharField(max_length=LONG_TEXT, trim_whitespace=False, required=False)


class CaseTextSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    title = serializers.CharField()
    text = serializers.CharField()
    text_sha256 = serializers.CharField()
    reopened_tiers = serializers.ListField(child=serializers.IntegerField())


class CaseTextView(AgentView):
    actions: ClassVar[dict[str, str]] = {"PUT": "incidents.incident.triage"}

    @extend_schema(
        operation_id="incidents_text",
        parameters=[INCIDENT_ID],
        request=RevisedTextSerializer,
        responses={200: CaseTextSerializer},
    )
    def put(self, request: Any, incident_id: str) -> Response:
        """Change the text of the case, its title or both; the report stays as it came. A text that
        differs opens tier 3 and all above it again."""
        revised = revise_text(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            by=self.agent,
            **self.validated(RevisedTextSerializer),
        )
        incident = revised.incident
        return Response(
            {
                "incident_id": incident.incident_id,
                "status": incident.status,
                "title": incident.title,
                "text": incident.case_text,
                "text_sha256": text_digest(incident.case_text),
                "reopened_tiers": revised.reopened_tiers,
            }
        )


urlpatterns = [
    path("incidents/<str:incident_id>/text", CaseTextView.as_view(), name="incident-text"),
]
