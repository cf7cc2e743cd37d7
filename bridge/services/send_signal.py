"""Send one signal: route, audit, insert, take in; one transaction."""

from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from access import policy
from access.models import Persona
from access.principals import AgentPrincipal
from bridge.errors import AUDIT_UNAVAILABLE
from bridge.hooks import intake, tell_delivered
from bridge.models import BridgeAudit, Signal
from bridge.routing import Destination, Party, find_destination
from bridge.states import Route, SignalStatus, SignalType
from kernel import clock
from kernel.canonical import NotCanonical, digest_of
from kernel.errors import CareError, invalid
from kernel.ids import new_id
from kernel.principals import Principal

# A handoff passes the question on and a status says that it is being worked on.
_ANSWERS_NOTHING = {SignalType.HANDOFF, SignalType.STATUS}


@transaction.atomic
def send_signal(
    *,
    sender: AgentPrincipal | Persona,
    by: Principal,
    signal_type: str,
    payload: Any,
    to_identity: str | None = None,
    to_pid: str | None = None,
    in_reply_to: UUID | None = None,
    category: str = "",
) -> Signal:
    """The signal, delivered. `payload` is text or a JSON object.

    Raises the bridge's codes; `bridge_audit_unavailable` undoes everything.
    Source: SPEC-116 §Routing behavior, §Audit.
    """
    policy.require(by, "bridge.signal.send")
    party = Party.of(sender)
    destination = find_destination(
        party,
        to_identity=to_identity,
        to_pid=to_pid,
        in_reply_to=in_reply_to,
        signal_type=signal_type,
    )
    signal = _draft(party, destination, signal_type, category, payload)
    if signal.route != Route.SAME_PROJECT:
        signal.audit_uid = _audit(signal)
    desk = intake()
    signal.intake_id = desk.reserve(signal, destination.recipient)
    if signal.intake_id is not None:
        signal.thread_id = signal.id
    signal.save(force_insert=True)
    if signal.intake_id is not None:
        desk.take_in(signal)
    tell_delivered(signal)
    # Last: whoever listens may wait for a case, and the case's holder for this row.
    if destination.parent is not None and signal_type not in _ANSWERS_NOTHING:
        _mark_answered(destination.parent)
    return signal


def _draft(
    party: Party, destination: Destination, signal_type: str, category: str, payload: Any
) -> Signal:
    try:
        payload_sha256 = digest_of(payload)
    except NotCanonical as error:
        raise invalid(payload="Has no canonical JSON form (RFC 8785).") from error
    identifier = new_id()
    parent = destination.parent
    return Signal(
        id=identifier,
        tenant_id=party.tenant_id,
        thread_id=parent.thread_id if parent else identifier,
        in_reply_to=parent,
        sender_id=party.persona_id,
        from_pid=party.pid,
        from_identity=party.identity,
        recipient=destination.recipient,
        to_pid=destination.recipient.project.pid,
        to_identity=destination.recipient.identity,
        route=destination.route,
        signal_type=signal_type,
        category=category,
        payload=payload,
        payload_sha256=payload_sha256,
    )


def _audit(signal: Signal) -> UUID:
    bridge = signal.from_identity if signal.route == Route.FROM_BRIDGE else signal.to_identity
    try:
        row = BridgeAudit.objects.create(
            tenant_id=signal.tenant_id,
            signal_id=signal.id,
            from_pid=signal.from_pid,
            from_identity=signal.from_identity,
            to_pid=signal.to_pid,
            to_identity=signal.to_identity,
            bridge_persona=bridge,
            direction=signal.route,
            signal_type=signal.signal_type,
            category=signal.category,
            payload_sha256=signal.payload_sha256,
            routed_at=signal.created_at,
        )
    except DatabaseError as error:
        raise CareError(AUDIT_UNAVAILABLE) from error
    return row.uid


def _mark_answered(parent: Signal) -> None:
    """A reply by the addressee, or by whom the thread was handed to, answers the signal."""
    Signal.objects.filter(pk=parent.pk).exclude(status=SignalStatus.ANSWERED).update(
        status=SignalStatus.ANSWERED, answered_at=clock.now()
    )
