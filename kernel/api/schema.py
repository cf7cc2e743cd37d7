"""OpenAPI: what is true of every operation is said here once."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from kernel.api.idempotency import MAX_KEY_CHARACTERS
from kernel.api.pagination import KeysetPagination
from kernel.api.serializers import StrictSerializer

LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": KeysetPagination.max_limit},
    description=f"Entries of a page; {KeysetPagination.page_size} when not given.",
)
CURSOR = OpenApiParameter("cursor", str, description="From the `next` of the page before.")
PAGE = (LIMIT, CURSOR)
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS},
    OpenApiParameter.HEADER,
    description="Same key and same body: the first answer again, marked `Idempotency-Replayed`.",
)
_CORRELATION_ID = {
    "X-Correlation-ID": {
        "description": "The caller's, if it sent a sane one; stands in every log line too.",
        "schema": {"type": "string"},
    }
}


class NextStepSerializer(serializers.Serializer):
    """What a person or a client can do about an error; `action` may bring more fields."""

    label = serializers.CharField()  # type: ignore[assignment]
    action = serializers.CharField()


class ErrorDetailSerializer(serializers.Serializer):
    """`fields` comes with `invalid_request` only, `details` holds facts such as an issue's URL."""

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
    """Adds the error answer, `X-Correlation-ID` and `Idempotency-Key` to each operation, and says
    that bodies take no unknown fields."""

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST" and getattr(self.view, "takes_idempotency_key", True):
            parameters.append(_IDEMPOTENCY_KEY)
        return parameters

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        responses["default"] = self._get_response_for_code(
            ErrorSerializer, "default", media_types=["application/json"]
        )
        for code, response in responses.items():
            response["headers"] = {**response.get("headers", {}), **_CORRELATION_ID}
            response["description"] = response.get("description") or _DESCRIPTIONS[code]
        return responses

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, StrictSerializer) or (
            isinstance(serializer, type) and issubclass(serializer, StrictSerializer)
        ):
            schema["additionalProperties"] = False
        return schema


_DESCRIPTIONS = {
    "200": "Done.",
    "201": "Made.",
    "202": "Taken; what becomes of it is told later.",
    "207": "Some entries were refused; each says so.",
    "default": "Refused, or failed.",
}
