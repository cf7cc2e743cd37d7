"""What a packet keeps from being over: a case does not close while one may still leave."""

from incidents.conditions import Missing
from incidents.models import Incident
from phonehome.models import PhoneHomeRecord
from phonehome.states import ENDED_WITHOUT_ISSUE, PacketStatus

_BEING_SHIPPED = (
    PacketStatus.APPROVED,
    PacketStatus.SHIPPING,
    PacketStatus.OUTCOME_UNKNOWN,
    PacketStatus.CROSSLINK_FAILED,
)


def packet_in_the_way(incident: Incident) -> Missing | None:
    """Registered with `incidents.hooks`; one query."""
    packet = (
        PhoneHomeRecord.objects.filter(incident=incident)
        .exclude(status__in=ENDED_WITHOUT_ISSUE)
        .exclude(status=PacketStatus.SHIPPED, cross_linked_at__isnull=False)
        .first()
    )
    if packet is None:
        return None
    if packet.status in (*_BEING_SHIPPED, PacketStatus.SHIPPED):
        how = "Wait until its outcome is known; an operator can retry it on the review page."
        return Missing("packet", f"Packet {packet.pk} is being shipped.", how)
    return Missing(
        "packet",
        f"Packet {packet.pk} waits: {packet.get_status_display()}.",
        "Let an operator decide about it, or withdraw it.",
    )
