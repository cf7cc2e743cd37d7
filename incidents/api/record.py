"""The record's fields in bodies, and how they are set (seed 002 §3)."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.documents.shape import FACTS, INCIDENT_RECORD, Schema
from incidents.models import ContainmentAction, Incident
from incidents.record import facts_of
from kernel.api.serializers import StrictSerializer
from kernel.clock import isoformat


def _fact_field(name: str, *, writable: bool) -> serializers.Field[Any, Any, Any, Any]:
    schema = cast(Schema, INCIDENT_RECORD["properties"][name])
    if writable and name == "affected_surfaces":
        schema = {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}

    @extend_schema_field(schema)
    class FactField(serializers.JSONField):
        """A value, `{"unknown": reason}`, or null; the service checks it."""

    return FactField(required=False, allow_null=True)


class LinkSerializer(StrictSerializer):
    """What to set: a value, `{"unknown": reason}`, or null to clear it."""

    def get_fields(self) -> Any:
        return {name: _fact_field(name, writable=True) for name in FACTS}


class ContainmentActionSerializer(serializers.Serializer):
    """`uid` names the row; `at` is the server's time."""

    uid = serializers.UUIDField()
    action = serializers.CharField()
    detail = serializers.CharField()
    actor = serializers.CharField()
    at = serializers.DateTimeField()


class RecordFieldsSerializer(serializers.Serializer):
    """Clara alone sees these: what nobody has released is not the reporter's to read."""

    detected_at = serializers.DateTimeField(required=False)
    containment_actions = ContainmentActionSerializer(many=True, required=False)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        return {**fields, **{name: _fact_field(name, writable=False) for name in FACTS}}


def record_body(incident: Incident) -> dict[str, Any]:
    return {
        "detected_at": isoformat(incident.detected_at),
        **facts_of(incident),
        "containment_actions": [
            containment_body(row) for row in incident.containment_actions.all()
        ],
    }


def containment_body(row: ContainmentAction) -> dict[str, Any]:
    return {
        "uid": str(row.uid),
        "action": row.action,
        "detail": row.detail,
        "actor": row.actor,
        "at": isoformat(row.recorded_at),
    }
