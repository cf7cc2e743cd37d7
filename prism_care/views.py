"""Pages that belong to no app: health, metrics, the API document, sign-in, error pages."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from drf_spectacular.views import SpectacularAPIView
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kernel import correlation
from kernel.api.envelope import error_response
from kernel.canonical import sha256_hex
from kernel.errors import (
    FORBIDDEN,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    NOT_FOUND,
    CareError,
    Code,
)
from kernel.ledger import record
from kernel.middleware import is_api
from kernel.principals import Anonymous
from prism_care.health import readiness
from prism_care.metrics import REGISTRY

SIGN_IN_TRIES = 10
SIGN_IN_WINDOW_SECONDS = 300


def home(request: HttpRequest) -> HttpResponseBase:
    return redirect("phonehome_console:review_list")


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations and broker; 503 names what is not ready."""
    parts = readiness()
    ready = all(part == "ok" for part in parts.values())
    return JsonResponse(
        {"status": "ready" if ready else "not ready", **parts}, status=200 if ready else 503
    )


def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


class SchemaView(SpectacularAPIView):
    """The OpenAPI 3.1 document, the same as docs/openapi.yaml."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []


class SignInView(LoginView):
    """Sign-in of operators. Ten wrong tries of a name from one address within five minutes close it
    to that address for as long: nobody can lock an operator out from elsewhere."""

    template_name = "console/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(cache.get(self._counter(), 0)) >= SIGN_IN_TRIES:
            record("access.sign_in.throttled", by=Anonymous(), operator=self._name()[:150])
            return render(request, "console/too_many.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        cache.delete(self._counter())
        record("access.sign_in.succeeded", by=form.get_user(), subject=form.get_user())
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        name = self._counter()
        cache.add(name, 0, timeout=SIGN_IN_WINDOW_SECONDS)
        cache.incr(name)
        record("access.sign_in.refused", by=Anonymous(), operator=self._name()[:150])
        response = super().form_invalid(form)
        response.status_code = 403
        return response

    def _name(self) -> str:
        return str(self.request.POST.get("username", ""))

    def _counter(self) -> str:
        who = f"{self._name().casefold()}\n{self.request.META.get('REMOTE_ADDR', '')}"
        return f"sign-in:{sha256_hex(who.encode('utf-8', 'replace'))}"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        "This form is no longer valid",
        "Your session changed since the page was opened, so nothing was done. Go back, reload "
        "the page and try again.",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, INVALID_REQUEST, "This request makes no sense to us")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, FORBIDDEN, "You may not do that")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, NOT_FOUND, "There is nothing here")


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, INTERNAL_ERROR, "Something failed on our side")


def _error(request: HttpRequest, code: Code, title: str) -> HttpResponse:
    if is_api(request):
        return error_response(CareError(code))
    return _page(request, code.status, title, code.message)


def _page(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    context = {
        "title": title,
        "message": message,
        "correlation_id": correlation.current(),
        "status": status,
    }
    return render(request, "console/error.html", context, status=status)
