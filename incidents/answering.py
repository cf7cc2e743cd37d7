"""What Sage answers at once, in the transaction of the send: no agent, whatever the desk mode.

A question for the state of a case gets the status verb's answer; a reply that says "not the same"
parts a report from the case that it joined.
"""

from typing import Any

from access.models import Persona
from access.states import PersonaDuty
from bridge.models import Signal
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.desk.status_questions import asks_for_status, cases_named
from incidents.locks import lock_report
from incidents.models import Incident, Intake
from incidents.own_words import refuse_secrets
from incidents.selectors import concerns, status_of
from incidents.services.join_case import NOT_THE_SAME
from incidents.services.say_not_the_same import part_from_case
from incidents.states import ENDED
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

MAX_CASES_LISTED = 20
MAX_REASON_CHARACTERS = 1000
NO_SUCH_CASE = "There is no case of yours with this id."
NO_OPEN_CASE = "No case of yours is open. A report is sent as a Question; a new one needs no id."


def wants_status(signal: Signal) -> bool:
    """Whether a Question that opens a thread with Sage only asks for news of a case that can be
    told: one that it names, or the sender's open ones."""
    if signal.signal_type != SignalType.QUESTION or not asks_for_status(signal.payload):
        return False
    return bool(cases_named(signal.payload)) or _open_cases(signal).exists()


def answered_at_once(signal: Signal, recipient: Persona) -> bool:
    """Whether Sage answers a reply here and now, so that nobody has to read it."""
    return recipient.duty == PersonaDuty.INTAKE_DESK and (
        _says_not_the_same(signal) or _asks(signal)
    )


def answer_at_once(signal: Signal) -> None:
    """Registered with `bridge.hooks.on_delivered`."""
    if signal.recipient.duty != PersonaDuty.INTAKE_DESK or signal.sender_id == signal.recipient_id:
        return
    if signal.intake_id is not None:
        return
    if signal.in_reply_to_id is not None and _says_not_the_same(signal):
        _part(signal)
    elif _asks(signal):
        _tell_status(signal)


def _asks(signal: Signal) -> bool:
    """A Question that opened no intake was a question for the status; in a thread, and for a
    Status, what it says decides."""
    if signal.in_reply_to_id is None and signal.signal_type == SignalType.QUESTION:
        return True
    if signal.signal_type not in (SignalType.STATUS, SignalType.QUESTION):
        return False
    opens = signal.in_reply_to_id is None
    if opens and cases_named(signal.payload):
        return True
    return asks_for_status(signal.payload)


def _tell_status(signal: Signal) -> None:
    named = cases_named(signal.payload)
    if named:
        bodies = [_status_for(signal, incident_id) for incident_id in named]
    else:
        bodies = [status_of(case) for case in _open_cases(signal)[:MAX_CASES_LISTED]]
    match bodies:
        case []:
            _reply(signal, {"text": NO_OPEN_CASE, "cases": []})
        case [body]:
            _reply(signal, {"text": body.get("headline", NO_SUCH_CASE), **body})
        case _ if named:
            _reply(signal, {"text": _listed(bodies), "cases": bodies})
        case _:
            short = [{key: body[key] for key in ("incident_id", "status")} for body in bodies]
            _reply(signal, {"text": _listed(bodies), "cases": short})


def _status_for(signal: Signal, incident_id: str) -> dict[str, Any]:
    """The same for an id of nobody, of somebody else and of another tenant."""
    incident = Incident.objects.filter(tenant_id=signal.tenant_id, incident_id=incident_id).first()
    by_desk = signal.sender.duty in (PersonaDuty.INTAKE_DESK, PersonaDuty.INCIDENT_MANAGER)
    if incident is None or not (by_desk or concerns(incident, signal.sender_id)):
        return {"incident_id": incident_id, "found": False}
    return status_of(incident)


def _listed(bodies: list[dict[str, Any]]) -> str:
    return " ".join(
        f"{body['incident_id']}: {body['headline']}."
        if "headline" in body
        else f"{body['incident_id']}: {NO_SUCH_CASE}"
        for body in bodies
    )


def _open_cases(signal: Signal) -> Any:
    """The sender's own, oldest first."""
    return (
        Incident.objects.filter(tenant_id=signal.tenant_id, reporter_id=signal.sender_id)
        .exclude(status__in=ENDED)
        .order_by("id")
    )


def _says_not_the_same(signal: Signal) -> bool:
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


def _reply(signal: Signal, payload: dict[str, Any]) -> None:
    send_signal(
        sender=signal.recipient,
        by=SystemPrincipal("desk", signal.tenant_id),
        in_reply_to=signal.pk,
        signal_type=SignalType.ANSWER,
        category="status" if "code" not in payload else "intake",
        payload=payload,
    )
    signal.refresh_from_db(fields=["status", "answered_at"])
