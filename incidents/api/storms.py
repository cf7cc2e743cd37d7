"""Storms of reports, for Sage (api.md §incidents)."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import ReporterSerializer
from incidents.models import Storm
from incidents.services.release_storm import release_storm
from incidents.storms import storm_summary
from kernel.api.idempotency import once
from kernel.api.pagination import KeysetPagination
from kernel.api.query import one_of
from kernel.api.schema import PAGE
from kernel.api.serializers import NothingSerializer
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError


class StormGroupSerializer(serializers.Serializer):
    fingerprint = serializers.CharField(allow_blank=True)
    reports = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    sample_intake_ids = serializers.ListField(child=serializers.UUIDField())


class StormSerializer(serializers.Serializer):
    storm_id = serializers.UUIDField()
    reporter = ReporterSerializer()
    began_at = serializers.DateTimeField()
    last_report_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)
    released_by = serializers.CharField(allow_null=True)
    reports = serializers.IntegerField()


class StormSummarySerializer(StormSerializer):
    different = serializers.IntegerField()
    first_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)
    groups = StormGroupSerializer(many=True)


def storm_body(storm: Storm) -> dict[str, Any]:
    reporter = storm.reporter
    return {
        "storm_id": str(storm.pk),
        "reporter": {"pid": reporter.project.pid, "identity": reporter.identity},
        "began_at": isoformat(storm.began_at),
        "last_report_at": isoformat(storm.last_report_at),
        "released_at": isoformat(storm.released_at),
        "released_by": storm.released_by or None,
    }


def _of_tenant(tenant_id: UUID) -> QuerySet[Storm]:
    return Storm.objects.select_related("reporter__project").filter(tenant_id=tenant_id)


class StormListView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.storm.release"}
    query_parameters = frozenset({"status", "limit", "cursor"})
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="storms_list",
        parameters=[OpenApiParameter("status", str, enum=["open", "released"]), *PAGE],
        responses=StormSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """Reporters whose reports are, or were, held; newest first."""
        found = _of_tenant(self.agent.tenant_id).annotate(held=Count("reports"))
        status = one_of(request.query_params, "status", ("open", "released"), None)
        if status:
            found = found.filter(released_at__isnull=status == "open")
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response(
            [{**storm_body(one), "reports": one.held} for one in page or []]
        )


class StormView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.storm.release"}

    @extend_schema(operation_id="storms_read", responses=StormSummarySerializer)
    def get(self, request: Any, storm_id: UUID) -> Response:
        """One storm, its reports counted by what they say; no word of any."""
        storm = _of_tenant(self.agent.tenant_id).filter(pk=storm_id).first()
        if storm is None:
            raise CareError(NOT_FOUND)
        return Response({**storm_body(storm), **storm_summary(storm)})


class StormReleaseView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.storm.release"}

    @extend_schema(operation_id="storms_release", request=None, responses=StormSummarySerializer)
    def post(self, request: Any, storm_id: UUID) -> Response:
        """Let the held reports go through the desk now."""
        self.validated(NothingSerializer)

        def work() -> Response:
            storm = release_storm(storm_id=storm_id, by=self.agent, tenant_id=self.agent.tenant_id)
            return Response({**storm_body(storm), **storm_summary(storm)})

        return once(request, work)


urlpatterns = [
    path("intake/storms", StormListView.as_view(), name="storms"),
    path("intake/storms/<uuid:storm_id>", StormView.as_view(), name="storm"),
    path("intake/storms/<uuid:storm_id>/release", StormReleaseView.as_view(), name="storm-release"),
]
