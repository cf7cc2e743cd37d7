"""Serializers that refuse what they do not know."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from kernel.api.query import UUID_TEXT


class StrictSerializer(serializers.Serializer):
    # Refuses unknown fields: `from` or `approved_by` in a body is an error, not noise. (No
    # docstring: the OpenAPI document would show it for each subclass that has none.)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {str(name)[:80]: ["This field is not known here."] for name in unknown[:20]}
                )
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializer):
    """No body, or an empty object."""


class StrictCharField(serializers.CharField):
    """Text only: DRF would turn 5 and true into "5" and "True"."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class StrictBooleanField(serializers.BooleanField):
    """`true` and `false` only: DRF would take "yes" and 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """Whole numbers only: DRF would take "5" and 5.0."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class StrictUUIDField(serializers.UUIDField):
    """A UUID as we write them: DRF would take 5, true and `urn:uuid:…`."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not UUID_TEXT.match(data):
            self.fail("invalid", value=data)
        return UUID(data)


class AwareDateTimeField(serializers.DateTimeField):
    """ISO 8601 text with its zone, from 2000 to 2099: DRF would take a time without one for
    UTC, and any year."""

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str):
            self.fail("invalid", format="ISO 8601 text with a zone")
        try:
            value = parse_datetime(data)
        except ValueError:
            value = None
        if value is None or value.tzinfo is None or not 2000 <= value.year <= 2099:
            self.fail("invalid", format="ISO 8601 text with a zone, from 2000 to 2099")
        return value.astimezone(UTC)


class TextMapField(serializers.DictField):
    """An object whose values are text: `{field: reason}`."""

    child = StrictCharField(max_length=2000)
