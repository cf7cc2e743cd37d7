"""Who may open a page of the console, and the page that says no."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access import policy
from kernel import correlation
from kernel.api.exceptions import as_care_error, record_refusal
from kernel.errors import INVALID_REQUEST, CareError

View = Callable[..., HttpResponseBase]
TITLES = {
    400: "This request makes no sense to us",
    403: "You may not do that",
    404: "There is nothing here",
    409: "That is no longer possible",
    503: "The desk is busy",
}
NO_NUL = "May not hold a NUL character."


def operator_page(action: str) -> Callable[[View], View]:
    """A page for operators whom the guard allows `action`: a stranger is sent to sign in, anybody
    else gets a page that says why not, and the ledger a line about it."""

    def decorate(view: View) -> View:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            try:
                policy.require(request.user, action)
                refuse_nul(request)
                return view(request, **kwargs)
            except (CareError, OperationalError) as error:
                return refusal_page(request, refused(request, error))

        return guarded

    return decorate


def refuse_nul(request: HttpRequest) -> None:
    """Raise invalid_request naming the fields of a form or an address that hold a NUL: PostgreSQL
    stores none, so neither may any page."""
    sent = [*request.POST.lists(), *request.GET.lists()]
    wrong = [name for name, values in sent if any("\x00" in one for one in (name, *values))]
    if wrong:
        raise CareError(
            INVALID_REQUEST,
            message="What was sent holds a NUL character, which no text here may hold.",
            fields={name.replace("\x00", "")[:100]: [NO_NUL] for name in wrong},
        )


def refused(request: HttpRequest, error: Exception) -> CareError:
    """The catalogue's error for `error`, written to the ledger under the operator's name."""
    refusal = as_care_error(error)
    record_refusal(refusal, request.user, path=request.path[:200])
    return refusal


def refusal_page(request: HttpRequest, error: CareError) -> HttpResponse:
    """What happened, what to do next, and the id to ask about."""
    context = {
        "title": TITLES.get(error.status, "This was refused"),
        "operator": getattr(request.user, "label", ""),
        **refusal_context(error),
    }
    return render(request, "console/error.html", context, status=error.status)


def refusal_context(error: CareError) -> dict[str, Any]:
    """`message`, `code`, `status`, `next_steps`, `fields` and `correlation_id` for a template."""
    return {
        "message": error.message,
        "code": error.code,
        "status": error.status,
        "next_steps": error.next_steps,
        "fields": error.fields or {},
        "correlation_id": correlation.current(),
    }
