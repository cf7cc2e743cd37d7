"""Reports at the desk (api.md §incidents)."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import ReporterSerializer
from incidents.models import Intake
from incidents.selectors import (
    get_intake,
    visible_intake,
)
from incidents.services.classify_intake import classify_intake
from incidents.services.reclassify_intake import reclassify_intake
from incidents.services.say_not_the_same import say_not_the_same
from incidents.services.withdraw_intake import withdraw_intake
from incidents.states import (
    Classification,
    IntakeStatus,
)
from incidents.verdict import Verdict
from kernel.api.idempotency import once
from kernel.api.pagination import KeysetPagination
from kernel.api.query import one_of
from kernel.api.schema import PAGE
from kernel.api.serializers import (
    StrictCharField,
    StrictSerializer,
)
from kernel.clock import isoformat


class ClassificationSerializer(StrictSerializer):
    """Sage's verdict; `answer` is required for info, `lane_owner` belongs to a wish."""

    classification = serializers.ChoiceField(Classification.choices)
    rationale = StrictCharField(max_length=5000)
    answer = StrictCharField(max_length=20_000, required=False, allow_blank=True)
    lane_owner = StrictCharField(max_length=80, required=False, allow_blank=True)
    title = StrictCharField(max_length=200, required=False, allow_blank=True)


class AnswerBackSerializer(StrictSerializer):
    """What the reporter says for itself; the desk reads it."""

    reason = StrictCharField(max_length=1000, required=False, allow_blank=True)


class SuggestionSerializer(serializers.Serializer):
    """What the built-in desk would do (desk mode `assist`)."""

    classification = serializers.ChoiceField(Classification.choices)
    rule = serializers.CharField()
    rationale = serializers.CharField()
    answer = serializers.CharField(allow_null=True)
    lane_owner = serializers.CharField(allow_null=True)


class IntakeSerializer(serializers.Serializer):
    intake_id = serializers.UUIDField()
    status = serializers.ChoiceField(IntakeStatus.choices)
    signal_id = serializers.UUIDField()
    reporter = ReporterSerializer()
    classification = serializers.ChoiceField(Classification.choices, allow_null=True)
    rationale = serializers.CharField()
    suggested = SuggestionSerializer(allow_null=True)
    due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    incident_id = serializers.CharField(allow_null=True)
    joined_incident_id = serializers.CharField(allow_null=True)
    held = serializers.BooleanField()
    todo_id = serializers.UUIDField(allow_null=True)


def intake_body(intake: Intake) -> dict[str, Any]:
    case = intake.joined or getattr(intake, "incident", None)
    is_incident = intake.classification == Classification.INCIDENT
    return {
        "intake_id": str(intake.id),
        "status": intake.status,
        "signal_id": str(intake.signal_id),
        "reporter": {"pid": intake.reporter_pid, "identity": intake.reporter_identity},
        "classification": intake.classification or None,
        "rationale": intake.rationale,
        "suggested": intake.suggested,
        "due_at": isoformat(intake.due_at),
        "overdue": intake.overdue,
        "incident_id": case.incident_id if case and is_incident else None,
        "joined_incident_id": intake.joined.incident_id if intake.joined else None,
        "held": intake.status == IntakeStatus.HELD,
        "todo_id": str(intake.todo_id) if intake.todo_id else None,
    }


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
        found = visible_intake(self.agent).select_related("incident", "joined")
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
        """Decide about a report, once; an incident is handed to Clara, or joins the open case of
        the same project that it repeats."""
        verdict = Verdict(**self.validated(ClassificationSerializer))
        return _once(
            self,
            lambda: classify_intake(
                intake_id=intake_id, verdict=verdict, by=self.agent, tenant_id=self.agent.tenant_id
            ),
        )


class ReclassificationView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.intake.classify"}

    @extend_schema(
        operation_id="intake_reclassify",
        request=ClassificationSerializer,
        responses={200: IntakeSerializer},
    )
    def post(self, request: Any, intake_id: UUID) -> Response:
        """Decide anew: what the last classification had brought about is undone. The same one
        again adds its rationale; another answer is sent, another lane owner or title moves the
        todo."""
        verdict = Verdict(**self.validated(ClassificationSerializer))
        return _once(
            self,
            lambda: reclassify_intake(
                intake_id=intake_id, verdict=verdict, by=self.agent, tenant_id=self.agent.tenant_id
            ),
        )


class NotTheSameView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.intake.answer_back"}

    @extend_schema(
        operation_id="intake_not_the_same",
        request=AnswerBackSerializer,
        responses={200: IntakeSerializer},
    )
    def post(self, request: Any, intake_id: UUID) -> Response:
        """The reporter's word that its report is not the case it joined: it gets its own."""
        reason = self.validated(AnswerBackSerializer).get("reason", "")
        return _once(
            self, lambda: say_not_the_same(intake_id=intake_id, by=self.agent, reason=reason)
        )


class WithdrawalView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.intake.answer_back"}

    @extend_schema(
        operation_id="intake_withdraw",
        request=AnswerBackSerializer,
        responses={200: IntakeSerializer},
    )
    def post(self, request: Any, intake_id: UUID) -> Response:
        """The reporter takes its report back, until an agent has triaged its case or it is
        filed."""
        reason = self.validated(AnswerBackSerializer).get("reason", "")
        return _once(
            self, lambda: withdraw_intake(intake_id=intake_id, by=self.agent, reason=reason)
        )


def _once(view: AgentView, work: Callable[[], Intake]) -> Response:
    """The intake as it stands after `work`, or the answer that the same key had."""
    return once(view.request, lambda: Response(intake_body(get_intake(view.agent, work().pk))))


urlpatterns = [
    path("intake", IntakeListView.as_view(), name="intake-list"),
    path("intake/<uuid:intake_id>", IntakeView.as_view(), name="intake"),
    path(
        "intake/<uuid:intake_id>/classification",
        ClassificationView.as_view(),
        name="intake-classification",
    ),
    path(
        "intake/<uuid:intake_id>/reclassification",
        ReclassificationView.as_view(),
        name="intake-reclassification",
    ),
    path(
        "intake/<uuid:intake_id>/not-the-same", NotTheSameView.as_view(), name="intake-not-the-same"
    ),
    path("intake/<uuid:intake_id>/withdraw", WithdrawalView.as_view(), name="intake-withdraw"),
]
