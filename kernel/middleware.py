"""Correlation ids, the JSON envelope of `/api/`, and browser machinery kept off it.

Sessions, messages and locale cost a fifth of a request and mean nothing to an agent:
identity comes from the key alone (api.md §Conventions). So those middlewares are skipped for
`/api/` instead of trusted to do nothing.
"""

import time
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
    CATALOGUE,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    CareError,
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger(__name__)


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
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Correlation-ID"] = value
        if is_api(request) and response.status_code >= 400:
            elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "api.refused",
                method=request.method,
                path=request.path,
                status=response.status_code,
                elapsed_ms=elapsed_ms,
            )
        return response


class ApiEnvelopeMiddleware:
    """Refuses over-long bodies before they are read, and gives Django's own 404, 405 and 500
    on `/api/` the same envelope as every other error."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        refusal = self._refuse_body(request)
        if refusal is not None:
            return error_response(refusal)
        response = self.get_response(request)
        return self._enveloped(response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> Any:
        if not is_api(request):
            return None
        log.exception("api.failed", method=request.method, path=request.path)
        return error_response(CareError(INTERNAL_ERROR))

    @staticmethod
    def _refuse_body(request: HttpRequest) -> CareError | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal():
            return CareError(INVALID_REQUEST, message="Content-Length is not a number.")
        if int(length) > settings.API_MAX_BODY_BYTES:
            return CareError(PAYLOAD_TOO_LARGE)
        return None

    @staticmethod
    def _enveloped(response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code < 400 or "json" in response.get("Content-Type", "json"):
            return response
        entry = {400: INVALID_REQUEST, 404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}.get(
            response.status_code, INTERNAL_ERROR
        )
        answer = error_response(CareError(CATALOGUE[entry.code]), status=response.status_code)
        if "Allow" in response:
            answer["Allow"] = response["Allow"]
        return answer


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
