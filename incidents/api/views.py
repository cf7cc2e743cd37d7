"""The incidents' endpoints (api.md §incidents)."""

import time
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.response import Response

import redaction
from access.api.views import AgentView
from access.selectors import known_names
from incidents.api.serializers import (
    TIER_SERIALIZERS,
    ClassificationSerializer,
    IncidentSerializer,
    IncidentStatusSerializer,
    IntakeSerializer,
    ScanResultSerializer,
    ScanSerializer,
    TierSerializer,
    incident_body,
    intake_body,
    tier_body,
)
from incidents.models.incident import TIERS
from incidents.selectors import (
    get_incident,
    get_intake,
    incident_status,
    visible_incidents,
    visible_intake,
)
from incidents.services.classify_intake import Verdict, classify_intake
from incidents.services.complete_tier import complete_tier
from incidents.states import IncidentStatus, IntakeStatus, Scope, Severity
from kernel.api.idempotency import once
from kernel.api.pagination import KeysetPagination
from kernel.api.query import one_of
from kernel.api.schema import PAGE
from kernel.errors import NOT_FOUND, CareError

INCIDENT_ID = OpenApiParameter(
    "incident_id",
    str,
    OpenApiParameter.PATH,
    description="As in `inc-2026-04-09-001`.",
)


class IntakeListView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.intake.read"}
    query_parameters = frozenset({"status", "limit", "cursor"})
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="intake_list",
        parameters=[OpenApiParameter("status", str, enum=IntakeStatus.values), *PAGE],
        responses=IntakeSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """Reports at the desk: Sage and Clara see the tenant's, a reporter its own."""
        found = visible_intake(self.agent).select_related("incident")
        status = one_of(request.query_params, "status", tuple(IntakeStatus.values), None)
        if status:
            found = found.filter(status=status)
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response([intake_body(one) for one in page or []])


class IntakeView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.intake.read"}

    @extend_schema(operation_id="intake_read", responses=IntakeSerializer)
    def get(self, request: Any, intake_id: UUID) -> Response:
        """One report and what became of it."""
        return Response(intake_body(get_intake(self.agent, intake_id)))


class ClassificationView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.intake.classify"}

    @extend_schema(
        operation_id="intake_classify",
        request=ClassificationSerializer,
        responses={200: IntakeSerializer},
    )
    def post(self, request: Any, intake_id: UUID) -> Response:
        """Decide about a report, once; an incident is handed to Clara."""
        verdict = Verdict(**self.validated(ClassificationSerializer))

        def work() -> Response:
            classify_intake(
                intake_id=intake_id,
                verdict=verdict,
                by=self.agent,
                tenant_id=self.agent.tenant_id,
            )
            return Response(intake_body(get_intake(self.agent, intake_id)))

        return once(request, work)


class IncidentListView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.read"}
    query_parameters = frozenset({"status", "severity", "scope", "pid", "limit", "cursor"})
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="incidents_list",
        parameters=[
            OpenApiParameter("status", str, enum=IncidentStatus.values),
            OpenApiParameter("severity", str, enum=Severity.values),
            OpenApiParameter("scope", str, enum=Scope.values),
            OpenApiParameter("pid", str),
            *PAGE,
        ],
        responses=IncidentSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """Clara sees the tenant's incidents, a reporter its own, anybody else none."""
        query = request.query_params
        found = visible_incidents(self.agent).select_related("project", "reporter")
        for name, choices in (
            ("status", IncidentStatus),
            ("severity", Severity),
            ("scope", Scope),
        ):
            value = one_of(query, name, tuple(choices.values), None)
            if value:
                found = found.filter(**{name: value})
        if "pid" in query:
            found = found.filter(project__pid=query["pid"])
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response([incident_body(one) for one in page or []])


class IncidentView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.read"}

    @extend_schema(
        operation_id="incidents_read", parameters=[INCIDENT_ID], responses=IncidentSerializer
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The record. Clara sees the triage tiers too; they are the desk's own notes."""
        incident = get_incident(self.agent, incident_id)
        body = incident_body(incident)
        if self.agent.is_clara:
            body["triage"] = [tier_body(row, incident_id) for row in incident.tiers.all()]
        return Response(body)


class IncidentStatusView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.read"}

    @extend_schema(
        operation_id="incidents_status",
        parameters=[INCIDENT_ID],
        responses=IncidentStatusSerializer,
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """Where a case is and with whom; no text that a person has not released."""
        return Response(incident_status(self.agent, incident_id))


class TriageView(AgentView):
    actions: ClassVar[dict[str, str]] = {"PUT": "incidents.incident.triage"}

    @extend_schema(
        operation_id="incidents_triage",
        parameters=[
            INCIDENT_ID,
            OpenApiParameter(
                "tier",
                {"type": "integer", "minimum": min(TIERS), "maximum": max(TIERS)},
                OpenApiParameter.PATH,
            ),
        ],
        request=PolymorphicProxySerializer(
            component_name="TriageTier",
            serializers=list(TIER_SERIALIZERS.values()),
            resource_type_field_name=None,
        ),
        responses={200: TierSerializer},
    )
    def put(self, request: Any, incident_id: str, tier: int) -> Response:
        """Complete a triage tier, in order; it may be corrected until the next is complete."""
        serializer = TIER_SERIALIZERS.get(tier)
        if serializer is None:
            raise CareError(NOT_FOUND, message="The tiers are 1 to 5.")
        row = complete_tier(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            tier=tier,
            content=self.validated(serializer),
            by=self.agent,
        )
        return Response(tier_body(row, incident_id))


class ScanView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "redaction.scan"}
    takes_idempotency_key = False

    @extend_schema(
        operation_id="redaction_scan",
        request=ScanSerializer,
        responses={200: ScanResultSerializer},
    )
    def post(self, request: Any) -> Response:
        """Scan a text; offsets are code points, end exclusive; nothing is stored."""
        data = self.validated(ScanSerializer)
        text = data["text"]
        names = [*known_names(self.agent.tenant_id), *data.get("known_names", [])]
        started = time.perf_counter()
        findings = redaction.scan(text, names)
        redacted, report = redaction.redact_and_report(text, names, findings=findings)
        elapsed_ms = round((time.perf_counter() - started) * 1000, 3)
        return Response(
            {
                "findings": [
                    {
                        "start": one.start,
                        "end": one.end,
                        "type": one.type,
                        "detector": one.detector,
                        "severity": one.severity,
                        "sample": one.sample,
                    }
                    for one in findings
                ],
                "redacted": redacted,
                "report": report,
                "elapsed_ms": elapsed_ms,
            }
        )
