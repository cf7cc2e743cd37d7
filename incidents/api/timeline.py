"""The stream of what happened to a case, for Clara: by pages or as JSON Lines."""

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.selectors import get_incident
from incidents.services.correct_timeline import CORRECTION_CHARACTERS, correct_timeline
from incidents.states import EventKind
from incidents.stream import JSON_LINES, entries, entry_body, json_lines
from kernel.api.idempotency import once
from kernel.api.pagination import RowsInOrder
from kernel.api.query import instant_or_none, one_of
from kernel.api.schema import PAGE
from kernel.api.serializers import StrictCharField, StrictSerializer, StrictUUIDField


class EntrySerializer(serializers.Serializer):
    """`detail` holds ids, names of fields and enumerated facts, the `before` and `after` of what
    was changed, and the reason of a move; never text of a report. `corrects` is the uid of the
    entry that this one puts right."""

    uid = serializers.UUIDField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(EventKind.choices)
    event = serializers.CharField()
    actor = serializers.CharField()
    sentence = serializers.CharField()
    detail = serializers.DictField()
    corrects = serializers.UUIDField(required=False)


class CorrectionSerializer(StrictSerializer):
    """Which entry is wrong, and what is right, in the corrector's own words."""

    entry = StrictUUIDField()
    text = StrictCharField(max_length=CORRECTION_CHARACTERS)


class JSONLinesRenderer(JSONRenderer):
    """Says that the answer may be asked for as JSON Lines; a refusal is one such line."""

    media_type = JSON_LINES
    format = "jsonl"


class TimelineView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.documents.read"}
    query_parameters = frozenset({"kind", "since", "until", "limit", "cursor"})
    pagination_class = RowsInOrder
    renderer_classes = (JSONRenderer, JSONLinesRenderer)

    @extend_schema(
        operation_id="incidents_timeline",
        parameters=[
            INCIDENT_ID,
            OpenApiParameter("kind", str, enum=EventKind.values),
            OpenApiParameter("since", {"type": "string", "format": "date-time"}),
            OpenApiParameter("until", {"type": "string", "format": "date-time"}),
            *PAGE,
        ],
        responses={(200, "application/json"): EntrySerializer(many=True)},
    )
    def get(self, request: Any, incident_id: str) -> Response | StreamingHttpResponse:
        """Everything that happened to a case, oldest first. `Accept: application/x-ndjson` answers
        with the whole stream, one JSON object a line."""
        incident = get_incident(self.agent, incident_id)
        query = request.query_params
        found = entries(
            incident,
            kind=one_of(query, "kind", tuple(EventKind.values), None),
            since=instant_or_none(query, "since"),
            until=instant_or_none(query, "until"),
        )
        if request.accepted_renderer.media_type == JSON_LINES:
            return StreamingHttpResponse(json_lines(found), content_type=JSON_LINES)
        paginator = RowsInOrder()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response([entry_body(one) for one in page or []])


class CorrectionView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.timeline.correct"}

    @extend_schema(
        operation_id="incidents_timeline_correct",
        parameters=[INCIDENT_ID],
        request=CorrectionSerializer,
        responses={201: EntrySerializer},
    )
    def post(self, request: Any, incident_id: str) -> Response:
        """Put an entry right by a later one that names it; the earlier one stays as it was."""
        data = self.validated(CorrectionSerializer)

        def work() -> Response:
            entry = correct_timeline(
                incident_id=incident_id,
                tenant_id=self.agent.tenant_id,
                entry=data["entry"],
                text=data["text"],
                by=self.agent,
            )
            return Response(entry_body(entry), status=201)

        return once(request, work)


urlpatterns = [
    path("incidents/<str:incident_id>/timeline", TimelineView.as_view(), name="timeline"),
    path(
        "incidents/<str:incident_id>/timeline/corrections",
        CorrectionView.as_view(),
        name="timeline-corrections",
    ),
]
