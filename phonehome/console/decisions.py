"""From a posted form to one service."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import QueryDict

from access.models import User
from kernel.errors import invalid
from phonehome.console.forms import ACTIONS, DecisionForm, EditForm, parsed
from phonehome.console.page import open_packet
from phonehome.editing import edit_of
from phonehome.services.approve_packet import approve_packet
from phonehome.services.reject_packet import reject_packet
from phonehome.services.request_changes import request_changes
from phonehome.services.retry_shipment import retry_shipment
from phonehome.services.revise_packet import revise_packet
from phonehome.states import ReviewSurface

_TEXTS = ("notes", "reason_code", "title", "body_markdown", "labels")


def act(posted: QueryDict, *, record_id: UUID, by: Any) -> str:
    """Do what the form asks; the sentence that says it is done.

    Raises invalid_request (no such action, form not complete) and what the service raises.
    """
    action = posted.get("action", "")
    if action not in ACTIONS:
        raise invalid(action=f"One of {', '.join(ACTIONS)}.")
    return _DO[action](posted, record_id, by)


def typed_text(posted: QueryDict) -> dict[str, Any]:
    """What the operator typed and ticked, to be shown again."""
    return {
        **{name: posted.get(name, "") for name in _TEXTS},
        "action": posted.get("action", ""),
        "ack": posted.getlist("ack"),
    }


def _approve(posted: QueryDict, record_id: UUID, by: User) -> str:
    data = parsed(DecisionForm(posted))
    approve_packet(
        record_id=record_id,
        seen_digest=data["digest"],
        by=by,
        surface=ReviewSurface.DASHBOARD,
        acknowledged=data["ack"],
        notes=data["notes"],
    )
    seconds = settings.PHONE_HOME_SHIP_DELAY_SECONDS
    return f"Approved. It ships in {seconds} s." if seconds else "Approved. It ships now."


def _reject(posted: QueryDict, record_id: UUID, by: User) -> str:
    data = parsed(DecisionForm(posted))
    reject_packet(
        record_id=record_id,
        seen_digest=data["digest"],
        by=by,
        surface=ReviewSurface.DASHBOARD,
        reason_code=data["reason_code"],
        notes=data["notes"],
    )
    return "Rejected. Nothing leaves; the reporter hears the reason, Clara your note."


def _request_changes(posted: QueryDict, record_id: UUID, by: User) -> str:
    data = parsed(DecisionForm(posted))
    request_changes(
        record_id=record_id,
        seen_digest=data["digest"],
        by=by,
        surface=ReviewSurface.DASHBOARD,
        notes=data["notes"],
    )
    return "Sent back to Clara with your note. It returns here as a new revision."


def _edit(posted: QueryDict, record_id: UUID, by: User) -> str:
    data = parsed(EditForm(posted))
    record = revise_packet(
        record_id=record_id,
        seen_digest=data["digest"],
        content=edit_of(
            open_packet(record_id).current,
            title=data["title"],
            body_markdown=data["body_markdown"],
            labels=data["labels"],
        ),
        by=by,
    )
    return f"Saved as revision {record.revision}. It waits for a decision."


def _retry(posted: QueryDict, record_id: UUID, by: User) -> str:
    retry_shipment(record_id=record_id, by=by)
    return "Queued again. The approval is checked once more before anything is sent."


_DO: dict[str, Callable[[QueryDict, UUID, User], str]] = {
    "approve": _approve,
    "reject": _reject,
    "request_changes": _request_changes,
    "edit": _edit,
    "retry": _retry,
}
