"""Who may speak to whom (seed 000 §Routing behavior).

A project's own persona of a name first, then the tenant's bridge personas; both directions; one
named target; one tenant.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from access.models import Persona, Project, identity_key
from access.principals import AgentPrincipal
from access.states import PersonaClass, PersonaStatus
from bridge.errors import (
    BROADCAST_REFUSED,
    CROSS_PROJECT_REFUSED,
    REPLY_NOT_ALLOWED,
    TARGET_AMBIGUOUS,
    TARGET_NOT_FOUND,
)
from bridge.models import Signal
from bridge.states import Route, SignalType
from kernel.errors import NOT_FOUND, CareError

_BROADCASTS = {"", "*", "all", "everyone", "everybody", "broadcast"}


@dataclass(frozen=True)
class Party:
    """A sender as routing needs it."""

    persona_id: UUID
    identity: str
    pid: str
    project_id: UUID
    tenant_id: UUID
    is_bridge: bool

    @classmethod
    def of(cls, who: AgentPrincipal | Persona) -> "Party":
        if isinstance(who, AgentPrincipal):
            return cls(
                who.persona_id, who.identity, who.pid, who.project_id, who.tenant_id, who.is_bridge
            )
        return cls(
            who.pk, who.identity, who.project.pid, who.project_id, who.tenant_id, who.is_bridge
        )


@dataclass(frozen=True)
class Destination:
    """Where a signal goes, and the signal it answers (None: it opens a thread)."""

    recipient: Persona
    route: Route
    parent: Signal | None


def find_destination(
    sender: Party,
    *,
    to_identity: str | None,
    to_pid: str | None,
    in_reply_to: UUID | None,
    signal_type: str,
) -> Destination:
    """Resolve the target. Raises the bridge's codes; another tenant's parent is not_found."""
    if to_identity is not None and identity_key(to_identity) in _BROADCASTS:
        raise CareError(BROADCAST_REFUSED)
    if in_reply_to is None:
        if to_identity is None:
            raise CareError(BROADCAST_REFUSED)
        recipient = _addressed(sender, to_identity, to_pid)
        return Destination(recipient, _route(sender, recipient), None)
    parent = _parent(sender, in_reply_to)
    recipient = _reply_target(sender, parent, to_identity, to_pid, signal_type)
    return Destination(recipient, _route(sender, recipient), parent)


def _parent(sender: Party, signal_id: UUID) -> Signal:
    parent = (
        Signal.objects.select_related("sender__project")
        .filter(tenant_id=sender.tenant_id, pk=signal_id)
        .first()
    )
    if parent is None:
        raise CareError(NOT_FOUND)
    if parent.recipient_id != sender.persona_id and not _was_handed(sender, parent):
        raise CareError(REPLY_NOT_ALLOWED)
    return parent


def _was_handed(sender: Party, parent: Signal) -> bool:
    """A handoff within the thread makes its addressee a party to it: Clara answers what was
    addressed to Sage (seed 000 §8). A project's own persona becomes a party to what its project
    sent and received, not to what the desk says to itself."""
    if parent.sender_id == sender.persona_id:
        return False
    if not sender.is_bridge and sender.pid not in (parent.from_pid, parent.to_pid):
        return False
    return Signal.objects.filter(
        tenant_id=sender.tenant_id,
        thread_id=parent.thread_id,
        recipient_id=sender.persona_id,
        signal_type=SignalType.HANDOFF,
    ).exists()


def _reply_target(
    sender: Party, parent: Signal, to_identity: str | None, to_pid: str | None, signal_type: str
) -> Persona:
    """The parent's sender; a Handoff may name another persona the sender can reach."""
    asked = parent.sender
    names_other = to_identity is not None and identity_key(to_identity) != asked.identity_key
    if names_other and signal_type == SignalType.HANDOFF:
        return _addressed(sender, str(to_identity), to_pid)
    if names_other or (to_pid is not None and to_pid != asked.project.pid):
        raise CareError(TARGET_AMBIGUOUS, message="A reply goes to whoever sent the signal.")
    if asked.status != PersonaStatus.ACTIVE:
        raise CareError(TARGET_NOT_FOUND)
    return asked


def _addressed(sender: Party, to_identity: str, to_pid: str | None) -> Persona:
    own, bridges, elsewhere = _candidates(sender, to_identity, to_pid)
    if own is not None and to_pid in (None, sender.pid):
        return own
    for bridge in bridges:
        if to_pid in (None, bridge.project.pid):
            return bridge
    if sender.is_bridge:
        if to_pid is None:
            raise CareError(TARGET_AMBIGUOUS)
        if elsewhere is not None:
            return elsewhere
        raise CareError(TARGET_NOT_FOUND)
    if (
        to_pid not in (None, sender.pid)
        and Project.objects.filter(tenant_id=sender.tenant_id, pid=to_pid).exists()
    ):
        raise CareError(CROSS_PROJECT_REFUSED)
    raise CareError(TARGET_NOT_FOUND)


def _candidates(
    sender: Party, to_identity: str, to_pid: str | None
) -> tuple[Persona | None, list[Persona], Persona | None]:
    """One query: the sender's own project's persona of that name, the tenant's bridges of it,
    and, for a bridge sender, the one in the project it names."""
    where = Q(project_id=sender.project_id) | Q(persona_class=PersonaClass.BRIDGE)
    if sender.is_bridge and to_pid is not None:
        where |= Q(project__pid=to_pid)
    found = list(
        Persona.objects.select_related("project")
        .filter(
            where,
            tenant_id=sender.tenant_id,
            identity_key=identity_key(to_identity),
            status=PersonaStatus.ACTIVE,
        )
        .order_by()
    )
    own = next((one for one in found if one.project_id == sender.project_id), None)
    bridges = [one for one in found if one.is_bridge]
    elsewhere = next((one for one in found if one.project.pid == to_pid), None)
    return own, bridges, elsewhere


def _route(sender: Party, recipient: Persona) -> Route:
    if recipient.project_id == sender.project_id:
        return Route.SAME_PROJECT
    if recipient.is_bridge:
        return Route.TO_BRIDGE
    if sender.is_bridge:
        return Route.FROM_BRIDGE
    raise CareError(CROSS_PROJECT_REFUSED)
