"""Mark a signal read by its addressee."""

from uuid import UUID

from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from bridge.models import Signal
from bridge.selectors import visible_signal
from bridge.states import SignalStatus
from kernel import clock
from kernel.errors import FORBIDDEN, CareError


@transaction.atomic
def mark_read(*, signal_id: UUID, by: AgentPrincipal) -> Signal:
    """The signal; reading it again changes nothing. Raises not_found, or forbidden for its
    sender."""
    policy.require(by, "bridge.signal.read")
    signal = visible_signal(by, signal_id)
    if signal.recipient_id != by.persona_id:
        raise CareError(FORBIDDEN, message="Only the addressee reads a signal.")
    now = clock.now()
    if Signal.objects.filter(pk=signal.pk, status=SignalStatus.SENT).update(
        status=SignalStatus.READ, read_at=now
    ):
        signal.status, signal.read_at = SignalStatus.READ, now
    return signal
