"""A scan without a case."""

import time
from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

import redaction
from access.api.views import AgentView
from access.selectors import known_names
from incidents.api.common import LONG_TEXT
from kernel.api.serializers import (
    StrictCharField,
    StrictSerializer,
)


class ScanSerializer(StrictSerializer):
    """`known_names` are names to find beside those of the agent's own tenant."""

    text = StrictCharField(max_length=LONG_TEXT, allow_blank=True, trim_whitespace=False)
    known_names = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, max_length=500
    )


class FindingSerializer(serializers.Serializer):
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    type = serializers.CharField()
    detector = serializers.CharField()
    severity = serializers.CharField()
    sample = serializers.CharField()


class ScanResultSerializer(serializers.Serializer):
    findings = FindingSerializer(many=True)
    redacted = serializers.CharField()
    report = serializers.DictField()
    elapsed_ms = serializers.FloatField()


class ScanView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "redaction.scan"}
    takes_idempotency_key = False

    @extend_schema(
        operation_id="redaction_scan",
        request=ScanSerializer,
        responses={200: ScanResultSerializer},
    )
    def post(self, request: Any) -> Response:
        """Scan a text; offsets are code points, end exclusive; nothing is stored."""
        data = self.validated(ScanSerializer)
        text = data["text"]
        names = [*known_names(self.agent.tenant_id), *data.get("known_names", [])]
        started = time.perf_counter()
        findings = redaction.scan(text, names)
        redacted, report = redaction.redact_and_report(text, names, findings=findings)
        elapsed_ms = round((time.perf_counter() - started) * 1000, 3)
        return Response(
            {
                "findings": [
                    {
                        "start": one.start,
                        "end": one.end,
                        "type": one.type,
                        "detector": one.detector,
                        "severity": one.severity,
                        "sample": one.sample,
                    }
                    for one in findings
                ],
                "redacted": redacted,
                "report": report,
                "elapsed_ms": elapsed_ms,
            }
        )


urlpatterns = [path("redaction/scan", ScanView.as_view(), name="redaction-scan")]
