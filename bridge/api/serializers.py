"""Input and output of the bridge's endpoints."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from bridge.errors import BROADCAST_REFUSED
from bridge.models import Signal
from bridge.states import Route, SignalStatus, SignalType
from kernel.api.schema import ErrorSerializer
from kernel.api.serializers import StrictCharField, StrictSerializer, StrictUUIDField
from kernel.clock import isoformat
from kernel.errors import CareError


class IdentityField(StrictCharField):
    """One persona's name; a list of names is a broadcast, and said so."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, list | tuple) or data == "":
            raise CareError(BROADCAST_REFUSED)
        return super().run_validation(data)


@extend_schema_field(
    {"oneOf": [{"type": "string", "pattern": r"\S"}, {"type": "object", "minProperties": 1}]}
)
class PayloadField(serializers.JSONField):
    """Text or a JSON object, not empty."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | dict):
            raise serializers.ValidationError("Must be text or a JSON object.")
        if not data or (isinstance(data, str) and not data.strip()):
            raise serializers.ValidationError("May not be empty.")
        return data


class SendSignalSerializer(StrictSerializer):
    """A signal to one persona; with `in_reply_to` the target is whoever sent that signal."""

    to_identity = IdentityField(max_length=80, required=False)
    to_pid = StrictCharField(max_length=64, required=False, allow_null=True)
    signal_type = serializers.ChoiceField(SignalType.choices)
    category = StrictCharField(max_length=80, required=False, allow_blank=True)
    payload = PayloadField()
    in_reply_to = StrictUUIDField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "to_identity" not in attrs and not attrs.get("in_reply_to"):
            raise serializers.ValidationError({"to_identity": ["This field is required."]})
        return attrs


class BatchSerializer(StrictSerializer):
    """Signals, each of the form that `POST /signals` takes."""

    signals = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=100)


class PartySerializer(serializers.Serializer):
    pid = serializers.CharField()
    identity = serializers.CharField()


class SignalSerializer(serializers.Serializer):
    """A signal as every endpoint answers it."""

    signal_id = serializers.UUIDField()
    thread_id = serializers.UUIDField()
    in_reply_to = serializers.UUIDField(allow_null=True)
    from_ = PartySerializer()
    to = PartySerializer()
    route = serializers.ChoiceField(Route.choices)
    signal_type = serializers.ChoiceField(SignalType.choices)
    category = serializers.CharField()
    payload = PayloadField()
    payload_sha256 = serializers.CharField()
    audit_id = serializers.UUIDField(allow_null=True)
    intake_id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(SignalStatus.choices)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["from"] = fields.pop("from_")
        return fields


def signal_body(signal: Signal) -> dict[str, Any]:
    """SignalSerializer's shape, built directly: this is the hot path."""
    return {
        "signal_id": str(signal.id),
        "thread_id": str(signal.thread_id),
        "in_reply_to": str(signal.in_reply_to_id) if signal.in_reply_to_id else None,
        "from": {"pid": signal.from_pid, "identity": signal.from_identity},
        "to": {"pid": signal.to_pid, "identity": signal.to_identity},
        "route": signal.route,
        "signal_type": signal.signal_type,
        "category": signal.category,
        "payload": signal.payload,
        "payload_sha256": signal.payload_sha256,
        "audit_id": str(signal.audit_uid) if signal.audit_uid else None,
        "intake_id": str(signal.intake_id) if signal.intake_id else None,
        "status": signal.status,
        "created_at": isoformat(signal.created_at),
        "read_at": isoformat(signal.read_at),
        "answered_at": isoformat(signal.answered_at),
    }


class BatchResultSerializer(serializers.Serializer):
    """In the order sent: a signal as it was delivered, or `{error}`."""

    results = serializers.ListField(
        child=PolymorphicProxySerializer(
            component_name="BatchEntry",
            serializers=[SignalSerializer, ErrorSerializer],
            resource_type_field_name=None,
        )
    )


class RosterEntrySerializer(serializers.Serializer):
    identity = serializers.CharField()
    persona_class = serializers.CharField()
    home_pid = serializers.CharField()
    available_from_pid = serializers.CharField()


class RosterSerializer(serializers.Serializer):
    results = RosterEntrySerializer(many=True)
