"""OpenAPI: every operation documents the error envelope without saying so each time."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers


class NextStepSerializer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    action = serializers.CharField()


class ErrorDetailSerializer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    next_steps = NextStepSerializer(many=True)
    correlation_id = serializers.CharField()
    fields_ = serializers.DictField(required=False)
    details = serializers.DictField(required=False)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class ErrorSerializer(serializers.Serializer):
    """The one shape of an error answer."""

    error = ErrorDetailSerializer()


class CareSchema(AutoSchema):
    """Adds the error answer, `X-Correlation-ID` and `Idempotency-Key` to each operation."""

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="Same key and body: the first answer again.",
                )
            )
        return parameters

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        responses["default"] = self._get_response_for_code(ErrorSerializer, "default")
        return responses
