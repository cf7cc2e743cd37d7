"""The same classification again, with another answer, lane owner or title."""

from access.states import PersonaDuty
from bridge.models import Signal
from bridge.states import SignalType
from incidents.models import Intake
from incidents.services.carry_out import answer_report
from incidents.services.put_todo import drop_todo, move_todo
from incidents.states import Classification
from incidents.verdict import Verdict


def amend(intake: Intake, verdict: Verdict) -> None:
    """Send a changed answer as a further reply, or move the todo; nothing where nothing changed.

    The caller holds the locks of `locks.lock_report` and saves the intake. Raises invalid_request
    (Clara as the owner of a lane).
    """
    if verdict.classification == Classification.INFO:
        if verdict.answer.strip() and verdict.answer != _last_answer(intake):
            drop_todo(intake)
            answer_report(intake, verdict)
    elif intake.todo_id is not None:
        move_todo(intake.todo_id, lane_owner=verdict.lane_owner, title=verdict.title)


def _last_answer(intake: Intake) -> str:
    """What the desk last answered to the report; empty where it has not."""
    said = Signal.objects.filter(
        in_reply_to=intake.signal_id,
        sender__duty=PersonaDuty.INTAKE_DESK,
        signal_type=SignalType.ANSWER,
        category="intake",
    )
    last = said.order_by("-id").first()
    return str(last.payload.get("text", "")) if last is not None else ""
