"""What was learnt: the postmortem, its versions, and the corrective actions of a case."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from access import policy
from access.console.gate import operator_page
from incidents.console.case import VIEW, case_page, open_case, refused_page
from incidents.console.forms import LinesField, TextField, parsed
from incidents.eval_case import eval_id_of
from incidents.link_parts import owners_of
from incidents.models import Incident, Postmortem
from incidents.postmortem_page import latest_sections, page_of
from incidents.postmortem_text import NAMES, SECTIONS
from incidents.services.add_corrective_action import Lesson, add_corrective_action
from incidents.services.change_corrective_action import Change, change_corrective_action
from incidents.services.write_postmortem import postmortem_of, write_postmortem
from incidents.states import LINKED, ActionState, CorrectiveKind, IncidentStatus
from kernel.api.query import number
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.markdown import preview, render_markdown

ROUTE = "lesson"
VERSIONS_SHOWN = 50
MAX_VERSION = 1_000_000
_SECTION_CHARACTERS = 20_000
_TYPED = ("action", "kind", "ref", "owner", "due", "retires", "action_id", "state", "note")


class WriteForm(forms.Form):
    summary = TextField(max_length=_SECTION_CHARACTERS)
    impact = TextField(max_length=_SECTION_CHARACTERS)
    what_worked = TextField(max_length=_SECTION_CHARACTERS)
    what_did_not = TextField(max_length=_SECTION_CHARACTERS)
    owners = LinesField(required=False, max_length=10_000)


class AddForm(forms.Form):
    kind = forms.ChoiceField(choices=CorrectiveKind.choices)
    ref = forms.CharField(max_length=200)
    owner = forms.CharField(max_length=200)
    due = forms.DateField(required=False)
    retires = forms.CharField(max_length=200, required=False)


class ChangeForm(forms.Form):
    action_id = forms.UUIDField()
    state = forms.ChoiceField(choices=ActionState.choices)
    note = forms.CharField(max_length=1000, required=False)


@operator_page(VIEW)
def lesson(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows it (`?version=` as it stood then); POST writes, adds or changes."""
    incident = open_case(pk)
    if request.method != "POST":
        return case_page(request, incident, ROUTE, _context(request, incident))
    act = _DO.get(request.POST.get("action", ""))
    try:
        if act is None:
            raise invalid(action=f"One of {', '.join(_DO)}.")
        done = act(request.POST, incident, request.user)
    except (CareError, OperationalError) as error:
        context = _context(request, open_case(pk), typed=request.POST)
        return refused_page(request, open_case(pk), ROUTE, error, context)
    messages.success(request, done)
    return redirect(f"incidents_console:{ROUTE}", pk=pk)


def _context(
    request: HttpRequest, incident: Incident, typed: QueryDict | None = None
) -> dict[str, Any]:
    may_write = policy.allow(request.user, "incidents.postmortem.write").allowed
    found = Postmortem.objects.filter(incident=incident).first()
    again = typed is not None and typed.get("action") == "write"
    if found is None:
        came_triaged = incident.status in (IncidentStatus.TRIAGED, *LINKED)
        return {
            "postmortem": None,
            "may_write": may_write and came_triaged,
            "writing": True,
            **_form(typed if again else None, dict.fromkeys(NAMES, ""), []),
        }
    postmortem = postmortem_of(incident)
    written = latest_sections(postmortem)
    asked, markdown = _page(request, postmortem, written)
    return {
        "postmortem": postmortem,
        "eval_id": eval_id_of(incident),
        "owned_by": owners_of(postmortem),
        # The page has its heading already; the document's own is its first line.
        "page": preview(render_markdown(markdown.partition("\n")[2])),
        "asked": asked,
        "versions": postmortem.versions.order_by("-number")[:VERSIONS_SHOWN],
        "actions": list(postmortem.corrective_actions.all()),
        "kinds": CorrectiveKind.choices,
        "states": ActionState.choices,
        "may_write": may_write,
        "writing": again,
        **_form(typed if again else None, written, postmortem.owners),
        "typed": {name: typed.get(name, "") for name in _TYPED} if typed else {},
    }


def _form(typed: QueryDict | None, written: dict[str, str], owners: list[str]) -> dict[str, Any]:
    """The form for a new version: what was typed and refused, or what stands."""
    texts = {one.name: typed.get(one.name, "") if typed else written[one.name] for one in SECTIONS}
    return {
        "sections": [{"section": one, "text": texts[one.name]} for one in SECTIONS],
        "owners": typed.get("owners", "") if typed else "\n".join(owners),
    }


def _page(
    request: HttpRequest, postmortem: Postmortem, written: dict[str, str]
) -> tuple[int | None, str]:
    """The version asked for with its page as it stood, or None and the page as it is now."""
    if "version" not in request.GET:
        return None, page_of(postmortem, written)
    wanted = number(request.GET, "version", 1, 1, MAX_VERSION)
    version = postmortem.versions.filter(number=wanted).first()
    if version is None:
        raise CareError(NOT_FOUND)
    return wanted, version.markdown


def _write(posted: QueryDict, incident: Incident, by: Any) -> str:
    texts = parsed(WriteForm(posted))
    owners = texts.pop("owners")
    version = write_postmortem(
        incident_id=incident.incident_id,
        tenant_id=incident.tenant_id,
        sections=texts,
        owners=owners,
        by=by,
    )
    return f"Saved as version {version.number}."


def _add(posted: QueryDict, incident: Incident, by: Any) -> str:
    data = parsed(AddForm(posted))
    due = data.pop("due")
    action = add_corrective_action(
        incident_id=incident.incident_id,
        tenant_id=incident.tenant_id,
        lesson=Lesson(**data, due_at=_end_of(due) if due else None),
        by=by,
    )
    return f"{action.ref} is linked, due on {action.due_at:%Y-%m-%d}."


def _change(posted: QueryDict, incident: Incident, by: Any) -> str:
    data = parsed(ChangeForm(posted))
    action = change_corrective_action(
        incident_id=incident.incident_id,
        tenant_id=incident.tenant_id,
        action_id=data["action_id"],
        change=Change(state=data["state"], note=data["note"] or None),
        by=by,
    )
    return f"{action.ref} is {action.get_state_display()}."


def _end_of(day: date) -> datetime:
    """What is due on a day may be done on that day (UTC)."""
    return datetime.combine(day, time(23, 59, 59), UTC)


_DO: dict[str, Callable[[QueryDict, Incident, Any], str]] = {
    "write": _write,
    "add": _add,
    "change": _change,
}
