"""Incidents and where they are (api.md §incidents)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID, ReporterSerializer
from incidents.api.record import LinkSerializer, RecordFieldsSerializer, record_body
from incidents.api.triage import TierSerializer, tier_body
from incidents.models import Incident
from incidents.search import (
    LONGEST_QUERY,
    SAME_FINGERPRINT,
    WORDS,
    Similar,
    search_incidents,
    search_words,
    similar_incidents,
)
from incidents.selectors import (
    get_incident,
    incident_status,
    visible_incidents,
)
from incidents.services.link_incident import link_incident
from incidents.states import (
    IncidentStatus,
    Kind,
    Scope,
    Severity,
    WithWhom,
)
from incidents.tier_sheets import eligibility_of, tier_sheets
from kernel.api.pagination import KeysetPagination
from kernel.api.query import number, one_of
from kernel.api.schema import PAGE
from kernel.clock import isoformat
from kernel.errors import invalid


class IncidentSerializer(RecordFieldsSerializer):
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    title = serializers.CharField()
    report = serializers.CharField()
    pid = serializers.CharField()
    reporter = ReporterSerializer(allow_null=True)
    intake_id = serializers.UUIDField(allow_null=True)
    severity = serializers.ChoiceField(Severity.choices, allow_null=True)
    scope = serializers.ChoiceField(Scope.choices, allow_null=True)
    kind = serializers.ChoiceField(Kind.choices, allow_null=True)
    eligible = serializers.BooleanField(allow_null=True)
    issue_url = serializers.CharField(allow_null=True)
    issue_number = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_update_at = serializers.DateTimeField()
    next_update_due_at = serializers.DateTimeField(allow_null=True)
    eligibility = serializers.DictField(allow_null=True, required=False)
    text = serializers.CharField(required=False)
    triage = TierSerializer(many=True, required=False)


def incident_body(incident: Incident) -> dict[str, Any]:
    return {
        "incident_id": incident.incident_id,
        "status": incident.status,
        "title": incident.title,
        "report": incident.report,
        "pid": incident.project.pid,
        "reporter": {"pid": incident.project.pid, "identity": incident.reporter.identity}
        if incident.reporter
        else None,
        "intake_id": str(incident.intake_id) if incident.intake_id else None,
        "severity": incident.severity or None,
        "scope": incident.scope or None,
        "kind": incident.kind or None,
        "eligible": incident.eligible,
        "issue_url": incident.issue_url or None,
        "issue_number": incident.issue_number,
        "created_at": isoformat(incident.created_at),
        "last_update_at": isoformat(incident.last_update_at),
        "next_update_due_at": isoformat(incident.next_update_due_at),
    }


class IssueStateSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    state = serializers.CharField()


class HistorySerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.CharField()


class IncidentStatusSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    severity = serializers.ChoiceField(Severity.choices, allow_null=True)
    headline = serializers.CharField()
    last_update_at = serializers.DateTimeField()
    next_update_due_at = serializers.DateTimeField(allow_null=True)
    with_ = serializers.ChoiceField(WithWhom.choices)
    since = serializers.DateTimeField()
    issue = IssueStateSerializer(allow_null=True)
    history = HistorySerializer(many=True)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["with"] = fields.pop("with_")
        return fields


class IncidentListView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.read"}
    query_parameters = frozenset(
        {"q", "status", "severity", "scope", "category", "pid", "limit", "cursor"}
    )
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="incidents_list",
        parameters=[
            OpenApiParameter("status", str, enum=IncidentStatus.values),
            OpenApiParameter("severity", str, enum=Severity.values),
            OpenApiParameter("scope", str, enum=Scope.values),
            OpenApiParameter("category", str),
            OpenApiParameter("pid", str),
            OpenApiParameter(
                "q",
                str,
                description=f"Words to find, at most {LONGEST_QUERY} characters.",
            ),
            *PAGE,
        ],
        responses=IncidentSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """Clara sees the tenant's incidents, a reporter its own, anybody else none.

        With `q` the answer is a search: at most the hundred best of the newest matches, best
        first, on one page (`next` is null, `cursor` is refused).
        """
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
        if "category" in query:
            if not self.agent.is_clara:  # a reporter is not told what the desk calls it
                raise invalid(category="Only the incident manager asks by category.")
            found = found.filter(category=query["category"])
        if self.agent.is_clara:
            found = found.prefetch_related("containment_actions")
        if "q" in query:
            return Response(self._search(found, query))
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([self._body(one) for one in page])

    def _body(self, incident: Incident) -> dict[str, Any]:
        record = record_body(incident) if self.agent.is_clara else {}
        return {**incident_body(incident), **record}

    def _search(self, found: QuerySet[Incident], query: Any) -> dict[str, Any]:
        if "cursor" in query:
            raise invalid(cursor="A search has one page; name more words or a filter.")
        words = search_words(query["q"])
        limit = number(query, "limit", KeysetPagination.page_size, 1, KeysetPagination.max_limit)
        hits = search_incidents(found, words, limit=limit, desk=self.agent.is_clara)
        return {"results": [self._body(one) for one in hits], "next": None}


class IncidentView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.incident.read",
        "PATCH": "incidents.incident.link",
    }

    @extend_schema(
        operation_id="incidents_read", parameters=[INCIDENT_ID], responses=IncidentSerializer
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The case. Clara sees the record and the triage tiers too; they are the desk's own."""
        return Response(self._body(incident_id))

    @extend_schema(
        operation_id="incidents_link",
        parameters=[INCIDENT_ID],
        request=LinkSerializer,
        responses=IncidentSerializer,
    )
    def patch(self, request: Any, incident_id: str) -> Response:
        """Set facts of the record: each a value, `{"unknown": reason}`, or null to clear it."""
        link_incident(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            facts=self.validated(LinkSerializer),
            by=self.agent,
        )
        return Response(self._body(incident_id))

    def _body(self, incident_id: str) -> dict[str, Any]:
        incident = get_incident(self.agent, incident_id)
        body = incident_body(incident)
        if not self.agent.is_clara:
            return {**body, "eligibility": eligibility_of(incident)}
        sheets = tier_sheets(incident)
        return {
            **body,
            **record_body(incident),
            "eligibility": eligibility_of(incident, sheets),
            "text": incident.case_text,
            "triage": [tier_body(sheet, incident_id) for sheet in sheets if sheet.row],
        }


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


class SimilarSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    title = serializers.CharField()
    pid = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    severity = serializers.ChoiceField(Severity.choices, allow_null=True)
    score = serializers.FloatField()
    why = serializers.ChoiceField((SAME_FINGERPRINT, WORDS))


class SimilarListSerializer(serializers.Serializer):
    results = SimilarSerializer(many=True)


class SimilarView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.documents.read"}

    @extend_schema(
        operation_id="incidents_similar",
        parameters=[INCIDENT_ID],
        responses=SimilarListSerializer,
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """Up to five other incidents of the tenant that look like the same fault."""
        found = similar_incidents(get_incident(self.agent, incident_id))
        return Response({"results": [_similar_body(one) for one in found]})


def _similar_body(found: Similar) -> dict[str, Any]:
    incident = found.incident
    return {
        "incident_id": incident.incident_id,
        "title": incident.title,
        "pid": incident.project.pid,
        "status": incident.status,
        "severity": incident.severity or None,
        "score": found.score,
        "why": found.why,
    }


urlpatterns = [
    path("incidents", IncidentListView.as_view(), name="incidents"),
    path("incidents/<str:incident_id>", IncidentView.as_view(), name="incident"),
    path(
        "incidents/<str:incident_id>/status", IncidentStatusView.as_view(), name="incident-status"
    ),
    path("incidents/<str:incident_id>/similar", SimilarView.as_view(), name="incident-similar"),
]
