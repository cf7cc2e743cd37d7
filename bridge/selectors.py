"""Questions about signals and who can be reached."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from access.models import Persona, identity_key
from access.principals import AgentPrincipal
from access.states import PersonaClass, PersonaStatus
from bridge.models import Signal
from bridge.states import SignalType
from kernel.errors import NOT_FOUND, CareError

POLL_SECONDS = 0.2
_waiters = threading.BoundedSemaphore(max(1, settings.INBOX_MAX_WAITERS))


def mailbox(
    agent: AgentPrincipal, *, box: str, status: str | None, thread: UUID | None
) -> QuerySet[Signal]:
    """The agent's own signals, received or sent."""
    own = {"recipient_id": agent.persona_id} if box == "inbox" else {"sender_id": agent.persona_id}
    found = Signal.objects.filter(tenant_id=agent.tenant_id, **own)
    if status:
        found = found.filter(status=status)
    if thread:
        found = found.filter(thread_id=thread)
    return found


def wait_for_any(signals: QuerySet[Signal], seconds: float) -> None:
    """Return when `signals` has a row, or after `seconds`; at once when too many wait already.

    A waiting request occupies a thread, so a process holds only INBOX_MAX_WAITERS of them.
    """
    if seconds <= 0 or signals.exists():
        return
    with _waiting_place() as granted:
        deadline = time.monotonic() + seconds
        while granted and time.monotonic() < deadline:
            time.sleep(min(POLL_SECONDS, max(0.0, deadline - time.monotonic())))
            if signals.exists():
                return


@contextmanager
def _waiting_place() -> Iterator[bool]:
    granted = settings.INBOX_MAX_WAITERS > 0 and _waiters.acquire(blocking=False)
    try:
        yield granted
    finally:
        if granted:
            _waiters.release()


def visible_signal(agent: AgentPrincipal, signal_id: UUID) -> Signal:
    """A signal the agent sent, received, or was handed the thread of. Raises not_found."""
    signal = Signal.objects.filter(tenant_id=agent.tenant_id, pk=signal_id).first()
    if signal is None:
        raise CareError(NOT_FOUND)
    party = agent.persona_id in (signal.sender_id, signal.recipient_id)
    if not party and not _was_handed(agent, signal):
        raise CareError(NOT_FOUND)
    return signal


def _was_handed(agent: AgentPrincipal, signal: Signal) -> bool:
    """Outside the desk a handoff shows what the agent's own project sent and received, and
    nothing that the desk says to itself in the same thread."""
    if not agent.is_bridge and agent.pid not in (signal.from_pid, signal.to_pid):
        return False
    return Signal.objects.filter(
        tenant_id=agent.tenant_id,
        thread_id=signal.thread_id,
        recipient_id=agent.persona_id,
        signal_type=SignalType.HANDOFF,
    ).exists()


def roster(agent: AgentPrincipal, identity: str | None = None) -> list[dict[str, Any]]:
    """Whom the agent can reach: its own project's personas, then the tenant's bridge personas
    whose names its own project does not hold (local names win). Nothing of other projects."""
    found = Persona.objects.select_related("project").filter(
        Q(project_id=agent.project_id) | Q(persona_class=PersonaClass.BRIDGE),
        tenant_id=agent.tenant_id,
        status=PersonaStatus.ACTIVE,
    )
    if identity:
        found = found.filter(identity_key=identity_key(identity))
    personas = sorted(found, key=lambda one: (one.project_id != agent.project_id, one.identity))
    local = {one.identity_key for one in personas if one.project_id == agent.project_id}
    return [
        {
            "identity": one.identity,
            "persona_class": one.persona_class,
            "home_pid": one.project.pid,
            "available_from_pid": agent.pid,
        }
        for one in personas
        if one.project_id == agent.project_id or one.identity_key not in local
    ]
