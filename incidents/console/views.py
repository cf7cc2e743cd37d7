"""The operator's pages about incidents. They decide nothing."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from access.console.gate import operator_page
from incidents.console.case import VIEW, case_page, open_case


@require_safe
@operator_page(VIEW)
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the case is, where it stands and with whom."""
    return case_page(request, open_case(pk), "case")
