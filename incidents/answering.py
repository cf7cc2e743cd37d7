"""What the desk answers at once, in the transaction of the send: no agent, whatever its mode.

A question for the state of a case gets the status verb's answer, and every Status of a reporter is
such a question; a reply that says "not the same" parts a report from the case that it joined.
"""

from typing import Any

from access.models import Persona
from access.states import PersonaDuty
from bridge.models import Signal
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.desk.status_questions import asks_about_a_case, asks_for_status, cases_named
from incidents.locks import lock_report
from incidents.models import Incident, Intake
from incidents.own_words import refuse_secrets
from incidents.selectors import (
    case_of_thread,
    concerns,
    open_cases_of,
    status_of,
    waiting_reports_of,
)
from incidents.services.join_case import NOT_THE_SAME
from incidents.services.say_not_the_same import part_from_case
from incidents.thread import note_signal
from kernel.clock import isoformat
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

MAX_CASES_LISTED = 20
MAX_REASON_CHARACTERS = 1000
NO_SUCH_CASE = "There is no case of yours with this id."
NO_OPEN_CASE = "No case of yours is open. A report is sent as a Question; a new one needs no id."


def wants_status(signal: Signal) -> bool:
    """Whether a Question to Sage only asks for news of a case that can be told: one that it names,
    or what the sender has open."""
    if signal.signal_type != SignalType.QUESTION:
        return False
    named = cases_named(signal.payload)
    if asks_for_status(signal.payload):
        return bool(named) or _has_anything_open(signal)
    if not named or not asks_about_a_case(signal.payload):
        return False
    return any(_case_for(signal, incident_id) is not None for incident_id in named)


def answered_at_once(signal: Signal, recipient: Persona) -> bool:
    """Whether Sage answers a reply here and now, so that nobody has to read it."""
    return recipient.duty == PersonaDuty.INTAKE_DESK and (
        says_not_the_same(signal) or _asks(signal)
    )


def answer_at_once(signal: Signal) -> None:
    """Registered with `bridge.hooks.on_delivered`."""
    if signal.intake_id is not None or signal.sender_id == signal.recipient_id:
        return
    if signal.recipient.duty == PersonaDuty.INCIDENT_MANAGER:
        if _reporter_asks(signal):
            _tell_status(signal)
    elif signal.recipient.duty == PersonaDuty.INTAKE_DESK:
        if signal.in_reply_to_id is not None and says_not_the_same(signal):
            _part(signal)
        elif _asks(signal):
            _tell_status(signal)


def _asks(signal: Signal) -> bool:
    """A Question that opened no intake was a question for the status; in a thread, and for a
    Status of the desk's own people, what it says decides."""
    if signal.signal_type == SignalType.QUESTION:
        opens = signal.in_reply_to_id is None
        return opens or asks_for_status(signal.payload) or wants_status(signal)
    if signal.signal_type != SignalType.STATUS:
        return False
    if _reporter_asks(signal) or asks_for_status(signal.payload):
        return True
    return signal.in_reply_to_id is None and bool(cases_named(signal.payload))


def _reporter_asks(signal: Signal) -> bool:
    """A Status of somebody whom the desk serves is a question, whatever it says; between the
    personas of the home project it is talk."""
    return signal.signal_type == SignalType.STATUS and not signal.sender.project.is_home


def _tell_status(signal: Signal) -> None:
    """Of the cases that are named, else of the thread's, else of all that the sender has open."""
    named = cases_named(signal.payload)
    case = case_of_thread(signal) if signal.in_reply_to_id is not None else None
    if named:
        found = {incident_id: _case_for(signal, incident_id) for incident_id in named}
        bodies = [_status_for(incident_id, one) for incident_id, one in found.items()]
        if len(bodies) > 1:
            reply = _reply(signal, {"text": _listed(bodies), "cases": bodies})
        else:
            body = bodies[0]
            reply = _reply(signal, {"text": body.get("headline", NO_SUCH_CASE), **body})
        _note_asked([one for one in found.values() if one is not None], case, signal, reply)
    elif case is not None and _may_know(signal, case):
        body = status_of(case)
        _reply(signal, {"text": body["headline"], **body})
    else:
        _tell_what_is_open(signal)


def _note_asked(
    cases: list[Incident], of_thread: Incident | None, asked: Signal, answered: Signal
) -> None:
    """Question and answer, in the stream of each case they are about; what is said in a case's own
    thread stands there already."""
    for case in cases:
        if case != of_thread:
            note_signal(case, asked)
            note_signal(case, answered)


def _tell_what_is_open(signal: Signal) -> None:
    """Newest first: the cases, then the reports that nobody has classified yet."""
    cases = open_cases_of(signal.sender_id, signal.tenant_id)
    reports = waiting_reports_of(signal.sender_id)
    shown = list(cases[: MAX_CASES_LISTED + 1])
    waiting = list(reports[: MAX_CASES_LISTED + 1])
    if len(shown) == 1 and not waiting:
        body = status_of(shown[0])
        _note_asked(shown, None, signal, _reply(signal, {"text": body["headline"], **body}))
        return
    total = len(shown) + len(waiting)
    if total > MAX_CASES_LISTED:
        total = cases.count() + reports.count()
    shown = shown[:MAX_CASES_LISTED]
    waiting = waiting[: MAX_CASES_LISTED - len(shown)]
    more = total - len(shown) - len(waiting)
    lines = [*map(_line_of_case, shown), *map(_line_of_report, waiting)]
    if more:
        lines.append(f"And {more} more.")
    _reply(
        signal,
        {
            "text": " ".join(lines) or NO_OPEN_CASE,
            "cases": [{"incident_id": one.incident_id, "status": one.status} for one in shown],
            "reports": [
                {
                    "intake_id": str(one.pk),
                    "status": one.status,
                    "next_update_due_at": isoformat(one.next_update_due_at),
                }
                for one in waiting
            ],
            "more": more,
        },
    )


def _line_of_case(case: Incident) -> str:
    return f"{case.incident_id}: {case.get_status_display()}, with {case.get_with_whom_display()}."


def _line_of_report(report: Intake) -> str:
    return f"Report {report.pk}: {report.get_status_display()}, not classified yet."


def _status_for(incident_id: str, incident: Incident | None) -> dict[str, Any]:
    """The same for an id of nobody, of somebody else and of another tenant."""
    if incident is None:
        return {"incident_id": incident_id, "found": False}
    return status_of(incident)


def _case_for(signal: Signal, incident_id: str) -> Incident | None:
    """A case that the sender may know of."""
    incident = Incident.objects.filter(tenant_id=signal.tenant_id, incident_id=incident_id).first()
    return incident if incident is not None and _may_know(signal, incident) else None


def _may_know(signal: Signal, incident: Incident) -> bool:
    by_desk = signal.sender.duty in (PersonaDuty.INTAKE_DESK, PersonaDuty.INCIDENT_MANAGER)
    return by_desk or concerns(incident, signal.sender_id)


def _has_anything_open(signal: Signal) -> bool:
    cases = open_cases_of(signal.sender_id, signal.tenant_id)
    return cases.exists() or waiting_reports_of(signal.sender_id).exists()


def _listed(bodies: list[dict[str, Any]]) -> str:
    return " ".join(
        f"{body['incident_id']}: {body['headline']}."
        if "headline" in body
        else f"{body['incident_id']}: {NO_SUCH_CASE}"
        for body in bodies
    )


def says_not_the_same(signal: Signal) -> bool:
    if signal.category == NOT_THE_SAME:
        return True
    said = signal.payload if isinstance(signal.payload, dict) else {}
    return said.get("category") == NOT_THE_SAME or said.get(NOT_THE_SAME) is True


def _part(signal: Signal) -> None:
    """The reply of its reporter, in the thread of the report. A refusal is an answer here: what
    was said is delivered all the same."""
    report = Intake.objects.filter(signal_id=signal.thread_id, reporter_id=signal.sender_id).first()
    if report is None:
        return
    reason = _reason(signal)
    try:
        refuse_secrets(reason=reason)
        part_from_case(
            lock_report(report.pk), reason=reason, by=SystemPrincipal("desk", signal.tenant_id)
        )
    except CareError as error:
        _reply(signal, {"text": error.message, "code": error.code})


def _reason(signal: Signal) -> str:
    said = signal.payload
    if isinstance(said, dict):
        said = said.get("reason") or said.get("text") or ""
    return str(said)[:MAX_REASON_CHARACTERS]


def _reply(signal: Signal, payload: dict[str, Any]) -> Signal:
    reply = send_signal(
        sender=signal.recipient,
        by=SystemPrincipal("desk", signal.tenant_id),
        in_reply_to=signal.pk,
        signal_type=SignalType.ANSWER,
        category="status" if "code" not in payload else "intake",
        payload=payload,
    )
    signal.refresh_from_db(fields=["status", "answered_at"])
    return reply
