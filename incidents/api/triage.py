"""The five tiers (SPEC-114)."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import INCIDENT_ID, LONG_TEXT
from incidents.models import TIERS, TriageTier
from incidents.services.complete_tier import complete_tier
from incidents.states import (
    Kind,
    Scope,
    Severity,
)
from kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictSerializer,
    TextMapField,
)
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError


class Tier1Serializer(StrictSerializer):
    """Init reads."""

    env = serializers.DictField()
    install_type = StrictCharField(max_length=80)
    project_metadata = serializers.DictField()
    agent_roster = serializers.ListField(child=serializers.JSONField(), max_length=500)


class Tier2Serializer(StrictSerializer):
    """Conditional reads: each is given, or skipped with a reason."""

    stack_trace = StrictCharField(max_length=LONG_TEXT, required=False)
    journal_refs = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, max_length=200
    )
    git_rev = StrictCharField(max_length=80, required=False)
    skipped = TextMapField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        reads = ("stack_trace", "journal_refs", "git_rev")
        skipped = attrs.get("skipped", {})
        wrong: dict[str, list[str]] = {}
        for name in sorted(set(skipped) - set(reads)):
            wrong["skipped"] = [f"{name[:80]} is not a read of this tier."]
        for name in reads:
            if name in attrs and name in skipped:
                wrong[name] = ["Given and skipped at once."]
            elif name not in attrs and name not in skipped:
                wrong[name] = ["Give it, or name it in `skipped` with a reason."]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class Tier3Serializer(StrictSerializer):
    """Privacy gates: the text that is scanned."""

    text = StrictCharField(max_length=LONG_TEXT, trim_whitespace=False)


class Tier4Serializer(StrictSerializer):
    """Classification."""

    severity = serializers.ChoiceField(Severity.choices)
    scope = serializers.ChoiceField(Scope.choices)
    kind = serializers.ChoiceField(Kind.choices)
    note = StrictCharField(max_length=5000)


class Tier5Serializer(StrictSerializer):
    """Output discipline: `eligible` must agree with tiers 3 and 4."""

    postmortem_summary = StrictCharField(max_length=20_000)
    eligible = StrictBooleanField()
    reasons = serializers.ListField(
        child=StrictCharField(max_length=1000), min_length=1, max_length=20
    )


TIER_SERIALIZERS: dict[int, type[StrictSerializer]] = {
    1: Tier1Serializer,
    2: Tier2Serializer,
    3: Tier3Serializer,
    4: Tier4Serializer,
    5: Tier5Serializer,
}


class TierSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    tier = serializers.IntegerField()
    content = serializers.DictField()
    completed_by = serializers.CharField()
    completed_at = serializers.DateTimeField()


def tier_body(row: TriageTier, incident_id: str) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "tier": row.tier,
        "content": row.content,
        "completed_by": row.completed_by,
        "completed_at": isoformat(row.completed_at),
    }


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


urlpatterns = [
    path(
        "incidents/<str:incident_id>/triage/<int:tier>",
        TriageView.as_view(),
        name="incident-triage",
    ),
]
