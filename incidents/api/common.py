"""What several of the incidents' endpoints share."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

LONG_TEXT = 200_000
INCIDENT_ID = OpenApiParameter(
    "incident_id",
    str,
    OpenApiParameter.PATH,
    description="As in `inc-2026-04-09-001`.",
)


class ReporterSerializer(serializers.Serializer):
    pid = serializers.CharField()
    identity = serializers.CharField()
