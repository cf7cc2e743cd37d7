"""What a lesson became: corrective actions of a postmortem (api.md §incidents)."""

from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.models import CorrectiveAction
from incidents.selectors import get_incident
from incidents.services.add_corrective_action import Lesson, add_corrective_action
from incidents.services.change_corrective_action import Change, change_corrective_action
from incidents.services.write_postmortem import postmortem_of
from incidents.states import ActionState, CorrectiveKind
from kernel.api.idempotency import once
from kernel.api.pagination import OldestFirst
from kernel.api.query import one_of
from kernel.api.schema import PAGE
from kernel.api.serializers import AwareDateTimeField, StrictCharField, StrictSerializer
from kernel.clock import isoformat


class LineField(StrictCharField):
    """One printable line."""

    def to_internal_value(self, data: Any) -> str:
        line = super().to_internal_value(data)
        if not line.isprintable():
            raise serializers.ValidationError("Must be one printable line.")
        return line


class CorrectiveActionAddSerializer(StrictSerializer):
    """`retires` belongs to a retirement plan: the path it takes out of use, `ref` without a
    leading `retire-` unless given. A report that names it afterwards reopens the incident."""

    kind = serializers.ChoiceField(CorrectiveKind.choices)
    ref = LineField(max_length=200)
    owner = LineField(max_length=200)
    due_at = AwareDateTimeField(required=False)
    retires = LineField(max_length=200, required=False)


class CorrectiveActionChangeSerializer(StrictSerializer):
    """`dropped` needs a note."""

    state = serializers.ChoiceField(ActionState.choices, required=False)
    note = StrictCharField(max_length=1000, required=False, allow_blank=True)
    due_at = AwareDateTimeField(required=False)
    owner = LineField(max_length=200, required=False)


class CorrectiveActionSerializer(serializers.Serializer):
    action_id = serializers.UUIDField()
    kind = serializers.ChoiceField(CorrectiveKind.choices)
    ref = serializers.CharField()
    retires = serializers.CharField(allow_null=True)
    owner = serializers.CharField()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(ActionState.choices)
    overdue = serializers.BooleanField()
    note = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


def action_body(action: CorrectiveAction) -> dict[str, Any]:
    return {
        "action_id": str(action.pk),
        "kind": action.kind,
        "ref": action.ref,
        "retires": action.retires or None,
        "owner": action.owner,
        "due_at": isoformat(action.due_at),
        "state": action.state,
        "overdue": action.overdue,
        "note": action.note,
        "created_by": action.created_by,
        "created_at": isoformat(action.created_at),
        "settled_at": isoformat(action.settled_at),
    }


class CorrectiveActionsView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.documents.read",
        "POST": "incidents.postmortem.write",
    }
    query_parameters = frozenset({"state", "limit", "cursor"})
    pagination_class = OldestFirst

    @extend_schema(
        operation_id="incidents_corrective_actions",
        parameters=[INCIDENT_ID, OpenApiParameter("state", str, enum=ActionState.values), *PAGE],
        responses=CorrectiveActionSerializer(many=True),
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The corrective actions of the postmortem, oldest first."""
        postmortem = postmortem_of(get_incident(self.agent, incident_id))
        found = postmortem.corrective_actions.all()
        state = one_of(request.query_params, "state", tuple(ActionState.values), None)
        if state:
            found = found.filter(state=state)
        paginator = OldestFirst()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response([action_body(one) for one in page or []])

    @extend_schema(
        operation_id="incidents_corrective_action_add",
        parameters=[INCIDENT_ID],
        request=CorrectiveActionAddSerializer,
        responses={201: CorrectiveActionSerializer},
    )
    def post(self, request: Any, incident_id: str) -> Response:
        """Link the postmortem to a change, bundle, eval data set, retirement plan or policy."""
        lesson = Lesson(**self.validated(CorrectiveActionAddSerializer))

        def work() -> Response:
            action = add_corrective_action(
                incident_id=incident_id,
                tenant_id=self.agent.tenant_id,
                lesson=lesson,
                by=self.agent,
            )
            return Response(action_body(action), 201)

        return once(request, work)


class CorrectiveActionView(AgentView):
    actions: ClassVar[dict[str, str]] = {"PATCH": "incidents.postmortem.write"}

    @extend_schema(
        operation_id="incidents_corrective_action_change",
        parameters=[INCIDENT_ID],
        request=CorrectiveActionChangeSerializer,
        responses={200: CorrectiveActionSerializer},
    )
    def patch(self, request: Any, incident_id: str, action_id: UUID) -> Response:
        """Mark an action done, dropped (with a note) or open again, move it, or hand it over."""
        action = change_corrective_action(
            incident_id=incident_id,
            tenant_id=self.agent.tenant_id,
            action_id=action_id,
            change=Change(**self.validated(CorrectiveActionChangeSerializer)),
            by=self.agent,
        )
        return Response(action_body(action))


_BASE = "incidents/<str:incident_id>/postmortem/corrective-actions"
urlpatterns = [
    path(_BASE, CorrectiveActionsView.as_view(), name="corrective-actions"),
    path(f"{_BASE}/<uuid:action_id>", CorrectiveActionView.as_view(), name="corrective-action"),
]
