"""The five tiers (SPEC-114)."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.api.tier_forms import TIER_SERIALIZERS, tier_schema
from incidents.desk.severity import SEVERITY_DEFINITIONS
from incidents.models import TIERS, Citation, Incident
from incidents.selectors import get_incident
from incidents.services.complete_tier import complete_tier
from incidents.services.reopen_tier import reopen_tier
from incidents.services.save_tier import save_tier
from incidents.states import IncidentStatus
from incidents.tier_sheets import (
    NOT_BEGUN,
    SHOWN_STATES,
    TierSheet,
    eligibility_of,
    next_tier,
    tier_sheets,
)
from incidents.tiers import PURPOSE
from kernel.api.idempotency import once
from kernel.api.serializers import StrictCharField, StrictSerializer
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError


class CitationSerializer(serializers.Serializer):
    """What the server read for a field. `source`: `signal`, `project`, `roster`, `journal`, `text`,
    `scan`, `tier`, or `agent` for a value that was handed in and found nowhere."""

    field = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    ref = serializers.CharField(allow_blank=True)
    content_sha256 = serializers.CharField()
    read_by = serializers.CharField()
    read_at = serializers.DateTimeField()


class SignatureSerializer(serializers.Serializer):
    by = serializers.CharField()
    at = serializers.DateTimeField()


class TierSerializer(serializers.Serializer):
    """`missing` says per field what a tier still lacks; `fields` who gave each and when.
    `severity_definition` comes with tier 4 once it has a severity."""

    incident_id = serializers.CharField()
    tier = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(SHOWN_STATES)
    content = serializers.DictField()
    fields_ = serializers.DictField(child=SignatureSerializer())
    missing = serializers.DictField(child=serializers.CharField())
    citations = CitationSerializer(many=True)
    reopened_because = serializers.CharField(allow_null=True)
    severity_definition = serializers.CharField(required=False)
    completed_by = serializers.CharField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class TriageSerializer(serializers.Serializer):
    """All five tiers, begun or not; `next_tier` is the one that can be completed now."""

    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    next_tier = serializers.IntegerField(allow_null=True)
    eligible = serializers.BooleanField(allow_null=True)
    eligibility = serializers.DictField(allow_null=True)
    severity_definitions = serializers.DictField(child=serializers.CharField())
    tiers = TierSerializer(many=True)


class ReopenSerializer(StrictSerializer):
    """Why the tier is done again; it stands with the tier."""

    reason = StrictCharField(max_length=300)


def tier_body(sheet: TierSheet, incident_id: str) -> dict[str, Any]:
    row = sheet.row
    body = {
        "incident_id": incident_id,
        "tier": sheet.tier,
        "name": PURPOSE[sheet.tier],
        "state": row.state if row else NOT_BEGUN,
        "content": row.content if row else {},
        "fields": row.fields if row else {},
        "missing": sheet.missing,
        "citations": [_citation_body(one) for one in sheet.citations],
        "reopened_because": (row and row.reopened_because) or None,
        "completed_by": (row and row.completed_by) or None,
        "completed_at": isoformat(row.completed_at) if row else None,
    }
    if sheet.severity_definition:
        body["severity_definition"] = sheet.severity_definition
    return body


def triage_body(incident: Incident) -> dict[str, Any]:
    sheets = tier_sheets(incident)
    return {
        "incident_id": incident.incident_id,
        "status": incident.status,
        "next_tier": next_tier(sheets),
        "eligible": incident.eligible,
        "eligibility": eligibility_of(incident),
        "severity_definitions": SEVERITY_DEFINITIONS,
        "tiers": [tier_body(sheet, incident.incident_id) for sheet in sheets],
    }


def _citation_body(one: Citation) -> dict[str, Any]:
    return {
        "field": one.field,
        "source": one.source,
        "ref": one.ref,
        "content_sha256": one.content_sha256,
        "read_by": one.read_by,
        "read_at": isoformat(one.recorded_at),
    }


TIER = OpenApiParameter(
    "tier",
    {"type": "integer", "minimum": min(TIERS), "maximum": max(TIERS)},
    OpenApiParameter.PATH,
)
_ANY_TIER = PolymorphicProxySerializer(
    component_name="TriageTier",
    serializers=list(TIER_SERIALIZERS.values()),
    resource_type_field_name=None,
)


def _serializer_of(tier: int) -> type[StrictSerializer]:
    serializer = TIER_SERIALIZERS.get(tier)
    if serializer is None:
        raise CareError(NOT_FOUND, message="The tiers are 1 to 5.")
    return serializer


class TriageView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.triage"}

    @extend_schema(
        operation_id="incidents_triage_read", parameters=[INCIDENT_ID], responses=TriageSerializer
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The five tiers with what was read for them, and the eligibility explained."""
        return Response(triage_body(get_incident(self.agent, incident_id)))


class TierView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.incident.triage",
        "PUT": "incidents.incident.triage",
        "PATCH": "incidents.incident.triage",
    }

    def _answer(self, incident_id: str, tier: int) -> Response:
        incident = get_incident(self.agent, incident_id)
        sheet = tier_sheets(incident)[tier - 1]
        return Response(tier_body(sheet, incident_id))

    @extend_schema(
        operation_id="incidents_triage_tier",
        parameters=[INCIDENT_ID, TIER],
        responses=TierSerializer,
    )
    def get(self, request: Any, incident_id: str, tier: int) -> Response:
        """One tier: its fields, what they lack, who gave each, and what the server read."""
        _serializer_of(tier)
        return self._answer(incident_id, tier)

    @extend_schema(
        operation_id="incidents_triage",
        parameters=[INCIDENT_ID, TIER],
        request=_ANY_TIER,
        responses={200: TierSerializer},
    )
    def put(self, request: Any, incident_id: str, tier: int) -> Response:
        """Complete a triage tier, in order; what is left out is taken from its draft. A correction
        opens the tiers above it again."""
        complete_tier(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            tier=tier,
            content=self.validated(_serializer_of(tier), partial=True),
            by=self.agent,
        )
        return self._answer(incident_id, tier)

    @extend_schema(
        operation_id="incidents_triage_save",
        parameters=[INCIDENT_ID, TIER],
        request=_ANY_TIER,
        responses={200: TierSerializer},
    )
    def patch(self, request: Any, incident_id: str, tier: int) -> Response:
        """Save some fields of a tier; it stays a draft, and the other fields as they are."""
        save_tier(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            tier=tier,
            content=self.validated(_serializer_of(tier), partial=True),
            by=self.agent,
        )
        return self._answer(incident_id, tier)


class ReopenView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.triage.reopen"}

    @extend_schema(
        operation_id="incidents_triage_reopen",
        parameters=[INCIDENT_ID, TIER],
        request=ReopenSerializer,
        responses={200: TriageSerializer},
    )
    def post(self, request: Any, incident_id: str, tier: int) -> Response:
        """Do a completed tier again, and all above it. A triaged case is `triaging` again, and a
        packet of it that has not left is withdrawn."""
        _serializer_of(tier)
        reason = self.validated(ReopenSerializer)["reason"]

        def work() -> Response:
            reopen_tier(
                incident_id=incident_id,
                tenant_id=self.agent.tenant_id,
                tier=tier,
                reason=reason,
                by=self.agent,
            )
            return Response(triage_body(get_incident(self.agent, incident_id)))

        return once(request, work)


class TriageSchemasView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.rubric.read"}

    @extend_schema(
        operation_id="triage_schemas",
        responses={200: {"type": "object", "additionalProperties": {"type": "object"}}},
    )
    def get(self, request: Any) -> Response:
        """The JSON Schema (draft 2020-12) of each tier, by its number."""
        return Response({str(tier): tier_schema(tier) for tier in TIERS})


urlpatterns = [
    path("triage/schemas", TriageSchemasView.as_view(), name="triage-schemas"),
    path("incidents/<str:incident_id>/triage", TriageView.as_view(), name="incident-tiers"),
    path(
        "incidents/<str:incident_id>/triage/<int:tier>",
        TierView.as_view(),
        name="incident-triage",
    ),
    path(
        "incidents/<str:incident_id>/triage/<int:tier>/reopen",
        ReopenView.as_view(),
        name="incident-triage-reopen",
    ),
]
