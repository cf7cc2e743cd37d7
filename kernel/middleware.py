"""Correlation ids, the JSON envelope of `/api/`, and browser machinery kept off it.

Sessions, messages and locale cost a fifth of a request and mean nothing to an agent:
identity comes from the key alone (api.md §Conventions). So those middlewares are skipped for
`/api/` instead of trusted to do nothing.
"""

import io
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware

from kernel import correlation
from kernel.api.envelope import error_response
from kernel.errors import (
    FORBIDDEN,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    CareError,
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger(__name__)

# What Django and DRF answer by themselves, outside the views of ours.
_BY_STATUS = {
    entry.status: entry
    for entry in (
        INVALID_REQUEST,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        NOT_ACCEPTABLE,
        PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
    )
}


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class CorrelationIdMiddleware:
    """Every answer carries `X-Correlation-ID`: the caller's if it sent a sane one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        value = correlation.accept(request.headers.get("X-Correlation-ID"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation_id=value)
        response = self.get_response(request)
        response["X-Correlation-ID"] = value
        return response


class ApiEnvelopeMiddleware:
    """Refuses over-long bodies before they are read, and gives Django's own 404, 405 and 500
    on `/api/` the same envelope as every other error."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        try:
            self._check_path(request)
            self._take_body(request)
        except CareError as refusal:
            return error_response(refusal)
        response = self.get_response(request)
        return self._enveloped(response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> Any:
        if not is_api(request):
            return None
        log.exception("api.failed", method=request.method, path=request.path)
        return error_response(CareError(INTERNAL_ERROR))

    @staticmethod
    def _check_path(request: HttpRequest) -> None:
        """No id of ours holds a NUL, and PostgreSQL would fail on it instead of finding nothing."""
        if "\x00" in request.path:
            raise CareError(NOT_FOUND)

    @staticmethod
    def _take_body(request: HttpRequest) -> None:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            _read_chunked(request)
            return
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            raise CareError(INVALID_REQUEST, message="Content-Length is not a number.")
        if len(length) > 12 or int(length) > settings.API_MAX_BODY_BYTES:
            raise CareError(PAYLOAD_TOO_LARGE)

    @staticmethod
    def _enveloped(response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code < 400 or "json" in response.get("Content-Type", "json"):
            return response
        entry = _BY_STATUS.get(response.status_code, INTERNAL_ERROR)
        answer = error_response(CareError(entry), status=response.status_code)
        if "Allow" in response:
            answer["Allow"] = response["Allow"]
        return answer


def _read_chunked(request: HttpRequest) -> None:
    """Read a body sent in chunks, at most one byte more than is allowed.

    Django reads as many bytes as Content-Length says, and such a request has none: it would be
    taken for an empty one. Raises payload_too_large, or invalid_request for broken chunks and
    where the web server does not decode them.
    """
    if not request.META.get("wsgi.input_terminated"):
        raise CareError(INVALID_REQUEST, message="Send the body with a Content-Length.")
    most = settings.API_MAX_BODY_BYTES
    try:
        data = request.META["wsgi.input"].read(most + 1)
    except Exception as error:  # each web server has its own for chunks that are none
        raise CareError(INVALID_REQUEST, message="The body's chunks are broken.") from error
    if len(data) > most:
        raise CareError(PAYLOAD_TOO_LARGE)
    request.META["CONTENT_LENGTH"] = str(len(data))
    request._stream = io.BytesIO(data)


class BrowserOnlySessionMiddleware(SessionMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_api(request) else super().__call__(request)


class BrowserOnlyLocaleMiddleware(LocaleMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_api(request) else super().__call__(request)


class BrowserOnlyMessageMiddleware(MessageMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_api(request) else super().__call__(request)


class BrowserOnlyAuthenticationMiddleware(AuthenticationMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_api(request) else super().__call__(request)
