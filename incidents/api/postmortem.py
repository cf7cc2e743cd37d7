"""The postmortem of an incident (api.md §incidents, seed 002 §4)."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.api.corrective_actions import CorrectiveActionSerializer, action_body
from incidents.link_parts import owners_of
from incidents.models import Postmortem, PostmortemVersion
from incidents.postmortem_page import first_sections, page_of, sections_of
from incidents.postmortem_text import NAMES
from incidents.selectors import get_incident
from incidents.services.write_postmortem import postmortem_of, write_postmortem
from incidents.states import PostmortemStatus
from kernel.api.documents import MarkdownView
from kernel.api.pagination import KeysetPagination
from kernel.api.query import number
from kernel.api.schema import PAGE
from kernel.api.serializers import StrictCharField, StrictSerializer
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError

SECTION_CHARACTERS = 20_000
MAX_VERSIONS = 1_000_000


class PostmortemWriteSerializer(StrictSerializer):
    """What and how, never who: a text that names an agent or an operator is refused."""

    summary = StrictCharField(max_length=SECTION_CHARACTERS)
    impact = StrictCharField(max_length=SECTION_CHARACTERS)
    what_worked = StrictCharField(max_length=SECTION_CHARACTERS)
    what_did_not = StrictCharField(max_length=SECTION_CHARACTERS)
    owners = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, max_length=50
    )


class PostmortemVersionSerializer(serializers.Serializer):
    version = serializers.IntegerField()
    written_by = serializers.CharField()
    written_at = serializers.DateTimeField()


class PostmortemSerializer(PostmortemVersionSerializer):
    """`markdown` is the whole page: of the version asked for as it stood then, else of the
    latest texts with timeline and actions as they are now."""

    incident_id = serializers.CharField()
    postmortem_id = serializers.CharField()
    status = serializers.ChoiceField(PostmortemStatus.choices)
    owners = serializers.ListField(child=serializers.CharField())
    issue_url = serializers.CharField(allow_null=True)
    summary = serializers.CharField()
    impact = serializers.CharField()
    what_worked = serializers.CharField()
    what_did_not = serializers.CharField()
    corrective_actions = CorrectiveActionSerializer(many=True)
    markdown = serializers.CharField()


def version_body(version: PostmortemVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "written_by": version.author,
        "written_at": isoformat(version.recorded_at),
    }


def postmortem_body(
    postmortem: Postmortem, version: PostmortemVersion | None, *, as_it_stood: bool = False
) -> dict[str, Any]:
    """Without a version (it was opened before there were any) tier 5's summary is the first."""
    sections = sections_of(version) if version else first_sections(postmortem)
    whole = version.markdown if version and as_it_stood else page_of(postmortem, sections)
    first = {
        "version": 1,
        "written_by": "system:triage",
        "written_at": isoformat(postmortem.created_at),
    }
    return {
        "incident_id": postmortem.incident.incident_id,
        "postmortem_id": postmortem.postmortem_id,
        "status": postmortem.status,
        "owners": owners_of(postmortem),
        "issue_url": postmortem.issue_url or None,
        **(version_body(version) if version else first),
        **{name: sections[name] for name in NAMES},
        "corrective_actions": [action_body(one) for one in postmortem.corrective_actions.all()],
        "markdown": whole,
    }


class PostmortemView(MarkdownView, AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.documents.read",
        "PUT": "incidents.postmortem.write",
    }
    query_parameters = frozenset({"version"})

    @extend_schema(
        operation_id="incidents_postmortem_read",
        parameters=[
            INCIDENT_ID,
            OpenApiParameter("version", {"type": "integer", "minimum": 1, "maximum": MAX_VERSIONS}),
        ],
        responses={
            (200, "application/json"): PostmortemSerializer,
            (200, "text/markdown"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The postmortem, latest or as it stood in a version; as JSON or as Markdown."""
        postmortem = postmortem_of(get_incident(self.agent, incident_id))
        asked = "version" in request.query_params
        versions = postmortem.versions.order_by("-number")
        if asked:
            wanted = number(request.query_params, "version", 1, 1, MAX_VERSIONS)
            version = versions.filter(number=wanted).first()
            if version is None and (wanted != 1 or versions.exists()):
                raise CareError(NOT_FOUND, message="There is no such version.")
        else:
            version = versions.first()
        body = postmortem_body(postmortem, version, as_it_stood=asked)
        return Response(body["markdown"] if self.wants_markdown else body)

    @extend_schema(
        operation_id="incidents_postmortem_write",
        parameters=[INCIDENT_ID],
        request=PostmortemWriteSerializer,
        responses={200: PostmortemSerializer},
    )
    def put(self, request: Any, incident_id: str) -> Response:
        """Write the postmortem anew: a version is added, none is changed."""
        texts = self.validated(PostmortemWriteSerializer)
        owners = texts.pop("owners", None)
        version = write_postmortem(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            sections=texts,
            owners=owners,
            by=self.agent,
        )
        return Response(postmortem_body(version.postmortem, version))


class ByNumber(KeysetPagination):
    ordering = "-uid"


class PostmortemVersionsView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.documents.read"}
    query_parameters = frozenset({"limit", "cursor"})
    pagination_class = ByNumber

    @extend_schema(
        operation_id="incidents_postmortem_versions",
        parameters=[INCIDENT_ID, *PAGE],
        responses=PostmortemVersionSerializer(many=True),
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """Who wrote which version when; `?version=` of the postmortem shows one."""
        postmortem = postmortem_of(get_incident(self.agent, incident_id))
        paginator = ByNumber()
        page = paginator.paginate_queryset(postmortem.versions.all(), request, view=self)
        return paginator.get_paginated_response([version_body(one) for one in page or []])


urlpatterns = [
    path(
        "incidents/<str:incident_id>/postmortem",
        PostmortemView.as_view(),
        name="incident-postmortem",
    ),
    path(
        "incidents/<str:incident_id>/postmortem/versions",
        PostmortemVersionsView.as_view(),
        name="incident-postmortem-versions",
    ),
]
