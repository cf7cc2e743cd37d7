"""Take back what was prepared of a case that is not triaged any more."""

from incidents.models import Incident
from incidents.states import WithWhom
from kernel.errors import CareError
from kernel.principals import Principal
from phonehome.errors import PACKET_IN_FLIGHT
from phonehome.models import PhoneHomeRecord
from phonehome.services.revise_packet import may_have_left
from phonehome.services.withdraw_packet import take_back
from phonehome.states import REVISABLE, PacketStatus

REASON = "triage_reopened"
_LET_BE = (
    PacketStatus.REJECTED,
    PacketStatus.WITHDRAWN,
    PacketStatus.SHIPPED,
    PacketStatus.CROSSLINK_FAILED,
)


def take_back_packets(incident: Incident, by: Principal) -> None:
    """Withdraw the packets of `incident` that have not left; what is filed stays as it is. In the
    transaction that reopened the triage, which also tells the reporter.

    Raises phone_home_packet_in_flight for one that is being sent or may have left. Its row is not
    waited for: everybody else locks a packet before its incident, and the incident is ours already.
    """
    packets = (
        PhoneHomeRecord.objects.select_for_update(of=("self",), no_key=True, nowait=True)
        .filter(incident=incident)
        .exclude(status__in=_LET_BE)
    )
    for record in packets:
        if record.status not in REVISABLE or may_have_left(record):
            raise CareError(PACKET_IN_FLIGHT, details={"record_id": str(record.pk)})
        take_back(record, incident, by=by, reason=REASON, with_whom=WithWhom.INCIDENT_MANAGER)
