"""The clocks of a case: what runs, until when, and pauses."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.models import Deadline
from incidents.selectors_deadlines import visible_deadlines
from incidents.services.pause_deadline import MAX_REASON, pause_deadline, resume_deadline
from incidents.states import DeadlineState, Delivery, EscalationKind, Severity, Stage
from kernel.api.idempotency import once
from kernel.api.serializers import StrictCharField, StrictSerializer
from kernel.clock import isoformat


class EscalationSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(EscalationKind.choices)
    after_percent = serializers.IntegerField()
    delivery = serializers.ChoiceField(Delivery.choices)
    fired_at = serializers.DateTimeField()


class PauseSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    paused = serializers.BooleanField()
    reason = serializers.CharField()
    actor = serializers.CharField()


class DeadlineSerializer(serializers.Serializer):
    deadline_id = serializers.UUIDField()
    stage = serializers.ChoiceField(Stage.choices)
    ref = serializers.CharField(allow_null=True)
    severity = serializers.ChoiceField(Severity.choices, allow_null=True)
    state = serializers.ChoiceField(DeadlineState.choices)
    minutes = serializers.IntegerField(help_text="Working time it was given.")
    started_at = serializers.DateTimeField()
    at_risk_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    breached_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    escalations = EscalationSerializer(many=True)
    pauses = PauseSerializer(many=True)


class ClockReasonSerializer(StrictSerializer):
    reason = StrictCharField(max_length=MAX_REASON)


def deadline_body(deadline: Deadline) -> dict[str, Any]:
    return {
        "deadline_id": str(deadline.pk),
        "stage": deadline.stage,
        "ref": deadline.ref or None,
        "severity": deadline.severity or None,
        "state": deadline.state,
        "minutes": deadline.minutes,
        "started_at": isoformat(deadline.started_at),
        "at_risk_at": isoformat(deadline.at_risk_at),
        "due_at": isoformat(deadline.due_at),
        "breached_at": isoformat(deadline.breached_at),
        "paused_at": isoformat(deadline.paused_at),
        "ended_at": isoformat(deadline.ended_at),
        "escalations": [
            {
                "kind": one.kind,
                "after_percent": one.after_percent,
                "delivery": one.delivery,
                "fired_at": isoformat(one.fired_at),
            }
            for one in deadline.escalations.all()
        ],
        "pauses": [
            {
                "at": isoformat(one.recorded_at),
                "paused": one.paused,
                "reason": one.reason,
                "actor": one.actor,
            }
            for one in deadline.pauses.all()
        ],
    }


class DeadlinesView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.incident.read"}

    @extend_schema(
        operation_id="incidents_deadlines",
        parameters=[INCIDENT_ID],
        responses=inline_serializer(
            "Deadlines",
            {
                "results": DeadlineSerializer(many=True),
                "next": serializers.CharField(allow_null=True),
            },
        ),
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """Clara sees every clock of the case, its reporter the promises made to it."""
        rows = visible_deadlines(self.agent, incident_id)
        return Response({"results": [deadline_body(one) for one in rows], "next": None})


class _ClockView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "incidents.deadline.pause"}

    def changed(
        self, verb: Callable[..., Deadline], incident_id: str, deadline_id: UUID
    ) -> Response:
        data = self.validated(ClockReasonSerializer)

        def work() -> Response:
            deadline = verb(
                deadline_id=deadline_id,
                incident_id=incident_id,
                tenant_id=self.agent.tenant_id,
                by=self.agent,
                **data,
            )
            return Response(deadline_body(deadline))

        return once(self.request, work)


class DeadlinePauseView(_ClockView):
    @extend_schema(
        operation_id="incidents_deadline_pause",
        parameters=[INCIDENT_ID],
        request=ClockReasonSerializer,
        responses=DeadlineSerializer,
    )
    def post(self, request: Any, incident_id: str, deadline_id: UUID) -> Response:
        """Stop a clock while nobody can work on it. What a reporter was promised goes on."""
        return self.changed(pause_deadline, incident_id, deadline_id)


class DeadlineResumeView(_ClockView):
    @extend_schema(
        operation_id="incidents_deadline_resume",
        parameters=[INCIDENT_ID],
        request=ClockReasonSerializer,
        responses=DeadlineSerializer,
    )
    def post(self, request: Any, incident_id: str, deadline_id: UUID) -> Response:
        """Set a clock going again; it is due as much later as it stood still."""
        return self.changed(resume_deadline, incident_id, deadline_id)


_ONE = "incidents/<str:incident_id>/deadlines/<uuid:deadline_id>"
urlpatterns = [
    path(
        "incidents/<str:incident_id>/deadlines", DeadlinesView.as_view(), name="incident-deadlines"
    ),
    path(f"{_ONE}/pause", DeadlinePauseView.as_view(), name="incident-deadline-pause"),
    path(f"{_ONE}/resume", DeadlineResumeView.as_view(), name="incident-deadline-resume"),
]
