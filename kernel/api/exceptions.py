"""Turns everything a DRF view can raise into the error envelope, and leaves a trace of refusals."""

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, OperationalError, transaction
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from kernel.api.envelope import error_body
from kernel.errors import (
    AUTHENTICATION_REQUIRED,
    DATABASE_BUSY,
    FORBIDDEN,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    KEY_INVALID,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    RATE_LIMITED,
    UNSUPPORTED_MEDIA_TYPE,
    CareError,
)
from kernel.ledger import record

log = structlog.get_logger(__name__)

_PATH_CHARACTERS = 200
# Refusals that say nothing about a decision; the log line is trace enough, and a caller that
# floods them must not be able to fill the ledger. To record that somebody else is writing would
# mean to wait for it.
_NOT_RECORDED = {
    "rate_limited",
    "method_not_allowed",
    "not_acceptable",
    "unsupported_media_type",
    "idempotency_in_progress",
    "database_busy",
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    refusal = as_care_error(error)
    request = context.get("request")
    principal = getattr(request, "user", None)
    if principal is not None and refusal.code not in _NOT_RECORDED:
        record_refusal(refusal, principal, path=request.path[:_PATH_CHARACTERS] if request else "")
    headers = dict(refusal.headers)
    if refusal.status == 401 and "view" in context:
        headers["WWW-Authenticate"] = context["view"].get_authenticate_header(request)
    return Response(error_body(refusal), status=refusal.status, headers=headers)


def record_refusal(refusal: CareError, principal: Any, **data: Any) -> None:
    """Write `refused.<code>` to the general ledger, outside the transaction that was undone."""
    try:
        with transaction.atomic():
            record(
                f"refused.{refusal.code}",
                by=principal,
                tenant_id=principal.tenant_id,
                message=refusal.message[:500],
                fields=sorted(refusal.fields or {}),
                **data,
            )
    except DatabaseError:
        log.exception("refusal.not_recorded", code=refusal.code)


def as_care_error(error: Exception) -> CareError:
    """The catalogue's error for any exception; unknown ones never show their text."""
    match error:
        case CareError():
            return error
        case drf.ValidationError():
            return CareError(INVALID_REQUEST, fields=_fields(error.detail))
        case UnreadablePostError():
            return CareError(INVALID_REQUEST, message="The body ended before all of it had come.")
        case SuspiciousOperation():  # more than a thousand parameters, for example
            return CareError(INVALID_REQUEST)
        case drf.ParseError():
            return CareError(INVALID_REQUEST, message=str(error.detail))
        case drf.NotAuthenticated():
            return CareError(AUTHENTICATION_REQUIRED)
        case drf.AuthenticationFailed():
            return CareError(KEY_INVALID)
        case drf.PermissionDenied() | PermissionDenied():
            return CareError(FORBIDDEN)
        case drf.NotFound() | Http404():
            return CareError(NOT_FOUND)
        case drf.MethodNotAllowed():
            return CareError(METHOD_NOT_ALLOWED)
        case drf.NotAcceptable():
            return CareError(NOT_ACCEPTABLE)
        case drf.UnsupportedMediaType():
            return CareError(UNSUPPORTED_MEDIA_TYPE)
        case drf.Throttled():
            return CareError(RATE_LIMITED)
        case OperationalError():
            log.exception("api.database_busy")
            return CareError(DATABASE_BUSY)
    log.error("api.failed", exc_info=error)
    return CareError(INTERNAL_ERROR)


def _fields(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return {str(name): _plain(value) for name, value in detail.items()}
    return {"body": _plain(detail)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value)
