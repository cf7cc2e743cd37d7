"""What leaves: packets, their revisions and proofs, reviews, shipments and attempts."""

from phonehome.models.packet import PacketRevision, PhoneHomeRecord
from phonehome.models.proof import CarveOutProof
from phonehome.models.review import Review
from phonehome.models.shipment import Attempt, Shipment

__all__ = ["Attempt", "CarveOutProof", "PacketRevision", "PhoneHomeRecord", "Review", "Shipment"]
