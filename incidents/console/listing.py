"""The list of incidents: what is asked for, the page of it, and where the next one is."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from access.models import Tenant
from incidents.models import Category, Incident
from incidents.search import CANDIDATES, LONGEST_QUERY, search_incidents, search_words
from incidents.states import IncidentStatus, Scope, Severity
from kernel.api.query import one_of, uuid_or_none
from kernel.errors import invalid

PER_PAGE = 50
_UNDECIDED = "none"
_FILTERS = ("status", "severity", "scope", "category", "pid", "tenant")


@dataclass(frozen=True)
class Listing:
    """One page. `older` is the query string of the next one, empty on the last; `cut` says that
    a search found more than is shown."""

    asked: dict[str, str]
    incidents: list[Incident]
    older: str
    later_page: bool
    cut: bool

    @property
    def searching(self) -> bool:
        return "q" in self.asked

    @property
    def filtered(self) -> bool:
        return bool(self.asked)


def listing(query: QueryDict) -> Listing:
    """Newest first, or the best matches of `q` on one page. Raises invalid_request."""
    asked = asked_for(query, (*_FILTERS, "q"))
    found = _filtered(asked).select_related("project__tenant", "reporter").defer("report", "text")
    if "q" in asked:
        words = search_words(asked["q"])
        hits = search_incidents(found, words)
        return Listing(asked, hits, "", False, len(hits) == CANDIDATES)
    before = uuid_or_none(query, "before")
    if before:
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-id")[: PER_PAGE + 1])
    older = ""
    if len(page) > PER_PAGE:
        page = page[:PER_PAGE]
        older = urlencode({**asked, "before": str(page[-1].pk)})
    return Listing(asked, page, older, before is not None, False)


def choices() -> dict[str, Any]:
    """What the filters of the form offer."""
    return {
        "statuses": IncidentStatus.values,
        "severities": [*Severity.values, _UNDECIDED],
        "scopes": [*Scope.values, _UNDECIDED],
        "categories": sorted(set(Category.objects.values_list("name", flat=True))),
        "tenants": tenant_choices(),
        "longest": LONGEST_QUERY,
    }


def tenant_choices() -> list[str]:
    """Tenants to choose from; empty where there is only one."""
    slugs = list(Tenant.objects.values_list("slug", flat=True))
    return slugs if len(slugs) > 1 else []


def asked_for(query: QueryDict, names: tuple[str, ...]) -> dict[str, str]:
    """The named parameters that say something. Raises invalid_request for a NUL or a long one."""
    asked = {name: query.get(name, "").strip() for name in names}
    for name, value in asked.items():
        if "\x00" in value or len(value) > max(LONGEST_QUERY, 64):
            raise invalid(**{name: f"At most {LONGEST_QUERY} characters, none of them NUL."})
    return {name: value for name, value in asked.items() if value}


def _filtered(asked: dict[str, str]) -> QuerySet[Incident]:
    found = Incident.objects.all()
    for name, choices in (("status", IncidentStatus), ("severity", Severity), ("scope", Scope)):
        undecided = () if name == "status" else (_UNDECIDED,)
        value = one_of(asked, name, (*choices.values, *undecided), None)
        if value:
            found = found.filter(**{name: "" if value == _UNDECIDED else value})
    if "category" in asked:
        found = found.filter(category=asked["category"])
    if "pid" in asked:
        found = found.filter(project__pid=asked["pid"])
    if "tenant" in asked:
        found = found.filter(tenant_id__in=tenant_ids(asked["tenant"]))
    return found


def tenant_ids(slug: str) -> list[UUID]:
    """The tenant of that name. Raises invalid_request where there is none."""
    found = list(Tenant.objects.filter(slug=slug).values_list("pk", flat=True))
    if not found:
        raise invalid(tenant="There is no such tenant.")
    return found
