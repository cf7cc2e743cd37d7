"""Sage's rubric, for whoever takes the desk over."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.desk.rubric import rubric
from incidents.states import Classification, Severity


class ClassificationMeaningSerializer(serializers.Serializer):
    classification = serializers.ChoiceField(Classification.choices)
    meaning = serializers.CharField()


class RuleSerializer(serializers.Serializer):
    """It fires when every fact in `needs` holds and, where it has phrases, one of them stands in
    the part of the report that `reads` names, not hidden by one of `unless`."""

    place = serializers.IntegerField()
    name = serializers.CharField()
    classification = serializers.ChoiceField(Classification.choices)
    description = serializers.CharField()
    needs = serializers.ListField(child=serializers.CharField())
    reads = serializers.CharField(allow_null=True)
    phrases = serializers.ListField(child=serializers.CharField())
    unless = serializers.ListField(child=serializers.CharField())
    examples = serializers.ListField(child=serializers.CharField(allow_blank=True))
    counter_examples = serializers.ListField(child=serializers.CharField())


class SeverityRuleSerializer(serializers.Serializer):
    name = serializers.CharField()
    phrases = serializers.ListField(child=serializers.CharField())


class SeverityDefinitionSerializer(serializers.Serializer):
    severity = serializers.ChoiceField(Severity.choices)
    definition = serializers.CharField()
    rules = SeverityRuleSerializer(many=True)


class RubricSerializer(serializers.Serializer):
    version = serializers.CharField()
    order = serializers.CharField()
    classifications = ClassificationMeaningSerializer(many=True)
    rules = RuleSerializer(many=True)
    severities = SeverityDefinitionSerializer(many=True)
    default_severity = serializers.CharField()


class RubricView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "incidents.rubric.read"}

    @extend_schema(operation_id="rubric", responses=RubricSerializer)
    def get(self, request: Any) -> Response:
        """The rules of the desk in their order, with examples, and the severities."""
        return Response(rubric())


urlpatterns = [path("rubric", RubricView.as_view(), name="rubric")]
