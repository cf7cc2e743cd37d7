"""What leaves: packets and their revisions, reviews, shipments and attempts."""

from phonehome.models.packet import PacketRevision, PhoneHomeRecord
from phonehome.models.review import Review
from phonehome.models.shipment import Attempt, Shipment

__all__ = ["Attempt", "PacketRevision", "PhoneHomeRecord", "Review", "Shipment"]
