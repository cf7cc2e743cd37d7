"""The checklist of seed 002 §11 as a document."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID
from incidents.checklist import Checklist, checklist_of
from incidents.conditions import MOVES
from incidents.selectors import get_incident
from incidents.states import IncidentStatus
from kernel.api.documents import MarkdownView


class ChecklistMissingSerializer(serializers.Serializer):
    """One thing that is not there, and how to get it."""

    name = serializers.CharField()
    sentence = serializers.CharField()
    how = serializers.CharField()


class ChecklistAnswerSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    question = serializers.CharField()
    answer = serializers.ChoiceField(["yes", "no"])
    evidence = serializers.ListField(child=serializers.CharField())
    missing = ChecklistMissingSerializer(many=True)


class ChecklistMoveSerializer(serializers.Serializer):
    to = serializers.ChoiceField([one.value for one in MOVES])
    allowed = serializers.BooleanField()
    missing = ChecklistMissingSerializer(many=True)


class ChecklistSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    waived = serializers.BooleanField()
    questions = ChecklistAnswerSerializer(many=True)
    moves = ChecklistMoveSerializer(many=True)


def checklist_body(checklist: Checklist) -> dict[str, Any]:
    return {
        "incident_id": checklist.incident_id,
        "status": checklist.status,
        "waived": checklist.waiver is not None,
        "questions": [
            {
                "number": one.number,
                "question": one.question,
                "answer": one.word,
                "evidence": list(one.evidence),
                "missing": [lack.as_dict() for lack in one.missing],
            }
            for one in checklist.answers
        ],
        "moves": [
            {
                "to": one.to,
                "allowed": not one.missing,
                "missing": [lack.as_dict() for lack in one.missing],
            }
            for one in checklist.moves
        ],
    }


def checklist_markdown(checklist: Checklist) -> str:
    lines = [f"# Checklist of {checklist.incident_id} ({checklist.status})", ""]
    for one in checklist.answers:
        lines.append(f"{one.number}. **{one.word.upper()}** {one.question}")
        lines += [f"   - {' '.join(text.split())}" for text in one.evidence]
        lines += [
            f"   - missing: {' '.join(lack.sentence.split())} {lack.how}" for lack in one.missing
        ]
    return "\n".join(lines) + "\n"


class ChecklistView(MarkdownView, AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.documents.read"}

    @extend_schema(
        operation_id="incidents_checklist",
        parameters=[INCIDENT_ID],
        responses={
            (200, "application/json"): ChecklistSerializer,
            (200, "text/markdown"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Any, incident_id: str) -> Response:
        """The six questions, each with its evidence or with what is missing and how to get it."""
        checklist = checklist_of(get_incident(self.agent, incident_id))
        if self.wants_markdown:
            return Response(checklist_markdown(checklist))
        return Response(checklist_body(checklist))


urlpatterns = [
    path(
        "incidents/<str:incident_id>/checklist", ChecklistView.as_view(), name="incident-checklist"
    ),
]
