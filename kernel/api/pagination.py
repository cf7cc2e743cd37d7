"""Keyset pagination: `{"results": […], "next": url|null}`, `?limit=` 1–200, newest first."""

from collections import OrderedDict
from typing import Any
from uuid import UUID

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from kernel.api.query import number
from kernel.errors import invalid


class KeysetPagination(CursorPagination):
    """Orders by id: UUIDv7 ids sort by creation, so a page costs the same at any depth."""

    ordering = "-id"
    page_size = 50
    max_limit = 200
    page_size_query_param = "limit"
    invalid_cursor_message = "This cursor is not one of ours."

    def get_page_size(self, request: Any) -> int:
        return number(request.query_params, "limit", self.page_size, 1, self.max_limit)

    def decode_cursor(self, request: Any) -> Any:
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                self.read_position(str(cursor.position))
        except Exception as error:
            raise invalid(cursor=self.invalid_cursor_message) from error
        return cursor

    def read_position(self, position: str) -> None:
        """Raises ValueError for what is not the id of a row."""
        UUID(position)

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


class RowsInOrder(OldestFirst):
    """Rows of a ledger: their numbers stand in the order in which they were written."""

    def read_position(self, position: str) -> None:
        if not 0 <= int(position) < 2**63:
            raise ValueError(position)
