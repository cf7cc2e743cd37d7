"""The page of a case's record: every fact, what was done, and the two documents."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from access.console.gate import operator_page
from incidents.categories import assignable_categories
from incidents.console.case import VIEW, case_page, open_case, refused_page
from incidents.documents.build import BUILDERS, incident_record
from incidents.documents.emit import as_json, as_yaml
from incidents.documents.shape import FACTS, LINK, MAX_REASON, RECORD
from incidents.models import LINKING_IDS, Incident, Postmortem
from incidents.record import Fact, fact_of
from incidents.services.link_incident import link_incident
from incidents.services.record_containment import MAX_DETAIL, record_containment
from kernel.errors import NOT_FOUND, CareError, invalid

_DOCUMENTS = {"incident_record": RECORD, "incident_postmortem_link": LINK}
_FORMS: dict[str, tuple[Callable[[dict[str, Any]], str], str]] = {
    "yaml": (as_yaml, "application/yaml; charset=utf-8"),
    "json": (as_json, "application/json"),
}
_TYPED = ("field", "value", "reason", "contain", "detail")


@dataclass(frozen=True)
class Row:
    """One fact as the page shows it; `reason` where nobody knows it."""

    name: str
    value: str
    reason: str
    linking: bool

    @classmethod
    def of(cls, incident: Incident, name: str) -> "Row":
        fact: Fact = fact_of(incident, name)
        reason = fact["unknown"] if isinstance(fact, dict) else ""
        value = ", ".join(fact) if isinstance(fact, list) else fact
        return cls(name, value if isinstance(value, str) else "", reason, name in LINKING_IDS)


@operator_page(VIEW)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows the record; POST sets a fact or writes down a containment action."""
    incident = open_case(pk)
    if request.method != "POST":
        return case_page(request, incident, "record", _context(incident))
    try:
        done = _act(request.POST, incident, request.user)
    except (CareError, OperationalError) as error:
        typed = {name: request.POST.get(name, "") for name in _TYPED}
        fresh = open_case(pk)
        return refused_page(request, fresh, "record", error, {**_context(fresh), "typed": typed})
    messages.success(request, done)
    return redirect("incidents_console:record", pk=pk)


@require_safe
@operator_page("incidents.documents.read")
def document(request: HttpRequest, pk: UUID, name: str, form: str) -> HttpResponse:
    """One of the two documents as a file. Raises not_found."""
    if name not in _DOCUMENTS or form not in _FORMS:
        raise CareError(NOT_FOUND)
    incident = open_case(pk)
    write, content_type = _FORMS[form]
    text = write(BUILDERS[_DOCUMENTS[name]](incident))
    response = HttpResponse(text, content_type=content_type)
    file = f"{incident.incident_id}-{name}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _context(incident: Incident) -> dict[str, Any]:
    return {
        "rows": [Row.of(incident, name) for name in FACTS],
        "actions": incident.containment_actions.all(),
        "categories": assignable_categories(incident.tenant_id),
        "preview": as_yaml(incident_record(incident)),
        "has_postmortem": Postmortem.objects.filter(incident=incident).exists(),
        "most": {"reason": MAX_REASON, "detail": MAX_DETAIL},
        "typed": {},
    }


def _act(posted: QueryDict, incident: Incident, by: Any) -> str:
    """Do what the form asks; the sentence that says it is done."""
    action = posted.get("action", "")
    key = {"incident_id": incident.incident_id, "tenant_id": incident.tenant_id, "by": by}
    if action == "contain":
        record_containment(
            action=posted.get("contain", "").strip(), detail=posted.get("detail", ""), **key
        )
        return "Written down. It stays in the record."
    if action not in ("set", "unknown", "clear"):
        raise invalid(action="One of set, unknown, clear, contain.")
    name = posted.get("field", "")
    link_incident(facts={name: _fact(action, name, posted)}, **key)
    return f"{name} is {'marked unknown' if action == 'unknown' else 'saved'}."


def _fact(action: str, name: str, posted: QueryDict) -> Fact:
    if action == "clear":
        return None
    if action == "unknown":
        return {"unknown": posted.get("reason", "").strip()}
    value = posted.get("value", "").strip()
    return value.replace(",", " ").split() if name == "affected_surfaces" else value
