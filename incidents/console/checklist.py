"""The checklist of a case, with the moves it allows and the operator's waiver."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from access import policy
from access.console.gate import operator_page
from access.models import User
from incidents.checklist import checklist_of
from incidents.conditions import MOVES, Missing
from incidents.console.case import VIEW, case_page, open_case, refused_page
from incidents.console.forms import TextField, parsed
from incidents.models import LINKING_IDS, Incident
from incidents.services.move_incident import move_incident
from incidents.services.waive_lesson import REASON, waive_lesson
from incidents.states import ENDED
from kernel.errors import CareError, invalid

ROUTE = "checklist"
BUTTONS = {
    "contained": "Mark as contained",
    "resolved": "Mark as resolved",
    "closed": "Close the case",
    "triaging": "Reopen the case",
}


_LESSONS = (
    "corrective_action",
    "retired_path_alive",
    "eval_dataset_update",
    "rollout_or_lifecycle",
)
# On which page of the case an operator gets what is missing.
_PLACES = {
    **dict.fromkeys((*LINKING_IDS, "containment_action"), "record"),
    **dict.fromkeys(_LESSONS, "lesson"),
    **dict.fromkeys(("postmortem", "triaged"), "triage"),
}


class MoveForm(forms.Form):
    to = forms.ChoiceField(choices=[(one.value, one.value) for one in MOVES])
    reason = TextField(max_length=1000)


class WaiverForm(forms.Form):
    reason = TextField(max_length=REASON)


@operator_page(VIEW)
def checklist(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows it; POST moves the case or signs a waiver."""
    incident = open_case(pk)
    if request.method != "POST":
        return case_page(request, incident, ROUTE, _context(incident, request.user))
    act = _DO.get(request.POST.get("action", ""))
    try:
        if act is None:
            raise invalid(action=f"One of {', '.join(_DO)}.")
        done = act(request.POST, incident, request.user)
    except (CareError, OperationalError) as error:
        typed = {name: request.POST.get(name, "") for name in ("action", "to", "reason")}
        incident = open_case(pk)
        return refused_page(
            request, incident, ROUTE, error, {**_context(incident, request.user), "typed": typed}
        )
    messages.success(request, done)
    return redirect(f"incidents_console:{ROUTE}", pk=pk)


def _context(incident: Incident, by: Any) -> dict[str, Any]:
    found = checklist_of(incident)
    return {
        "checklist": found,
        "answers": [
            {"answer": one, "missing": _shown(one.missing, incident)} for one in found.answers
        ],
        "open_moves": [
            {"to": one.to, "label": BUTTONS[one.to]} for one in found.moves if not one.missing
        ],
        "barred_moves": [
            {"label": BUTTONS[one.to], "missing": _shown(one.missing, incident)}
            for one in found.moves
            if one.missing and one.missing[0].name != "order"
        ],
        "may_move": policy.allow(by, "incidents.incident.move").allowed,
        "waivable": incident.status not in ENDED
        and policy.allow(by, "incidents.incident.waive").allowed,
    }


def _shown(missing: Iterable[Missing], incident: Incident) -> list[dict[str, str]]:
    """What is missing, with the page where it is got; how an agent does it where there is none."""
    shown = []
    for one in missing:
        route = _PLACES.get(one.name, "")
        url = reverse(f"incidents_console:{route}", kwargs={"pk": incident.pk}) if route else ""
        shown.append(
            {"sentence": one.sentence, "how": one.how, "url": url, "page": route.capitalize()}
        )
    return shown


def _move(posted: QueryDict, incident: Incident, by: Any) -> str:
    data = parsed(MoveForm(posted))
    moved = move_incident(
        incident_id=incident.incident_id, tenant_id=incident.tenant_id, by=by, **data
    )
    return f"The case is {moved.get_status_display()}; the reporter is told."


def _waive(posted: QueryDict, incident: Incident, by: User) -> str:
    data = parsed(WaiverForm(posted))
    waive_lesson(incident_id=incident.incident_id, tenant_id=incident.tenant_id, by=by, **data)
    return "Signed. The case may close without a corrective action until it is reopened."


_DO: dict[str, Callable[[QueryDict, Incident, Any], str]] = {"move": _move, "waive": _waive}
