"""The one shape of an error answer (seed 004 §8, api.md §Conventions)."""

from typing import Any

from django.http import JsonResponse

from kernel import correlation
from kernel.errors import CareError


def error_body(error: CareError) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "next_steps": list(error.next_steps),
        "correlation_id": correlation.current(),
    }
    if error.fields:
        body["fields"] = error.fields
    if error.details:
        body["details"] = error.details
    return {"error": body}


def error_response(error: CareError, *, status: int | None = None) -> JsonResponse:
    """The envelope as a plain Django response, for places before and behind DRF."""
    return JsonResponse(error_body(error), status=status or error.status, headers=error.headers)
