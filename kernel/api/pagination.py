"""Keyset pagination: `{"results": […], "next": url|null}`, `?limit=` 1–200, newest first."""

from collections import OrderedDict
from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from kernel.errors import invalid


class KeysetPagination(CursorPagination):
    """Orders by id: UUIDv7 ids sort by creation, so a page costs the same at any depth."""

    ordering = "-id"
    page_size = 50
    max_limit = 200
    page_size_query_param = "limit"
    invalid_cursor_message = "This cursor is not one of ours."

    def get_page_size(self, request: Any) -> int:
        raw = request.query_params.get("limit")
        if raw is None:
            return self.page_size
        if not raw.isascii() or not raw.isdecimal() or not 1 <= int(raw[:6]) <= self.max_limit:
            raise invalid(limit=f"Must be a number from 1 to {self.max_limit}.")
        return int(raw)

    def decode_cursor(self, request: Any) -> Any:
        try:
            return super().decode_cursor(request)
        except Exception as error:
            raise invalid(cursor="This cursor is not one of ours.") from error

    def get_paginated_response(self, data: Any) -> Response:
        return Response(OrderedDict(results=data, next=self.get_next_link()))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "format": "uri"},
            },
        }


class OldestFirst(KeysetPagination):
    """Inboxes are read in the order things happened."""

    ordering = "id"
