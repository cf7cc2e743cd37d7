"""What was proved about a revision's carve-out."""

from django.db import models

from kernel.ledger import LedgerRow
from phonehome.models.packet import PacketRevision


class CarveOutProof(LedgerRow):
    """That no stretch of a customer section stands in one revision; append-only.

    `method` names the way of comparing and `window` its length in characters. `sections` stayed
    behind, with `characters` in all; `too_short` of them are too short to be looked for. The
    digests bind the row to what was compared: the body, the whole packet, and the customer sections
    as canonical JSON of `[{name, text}]`.
    """

    tenant_id = models.UUIDField()
    revision = models.OneToOneField(
        PacketRevision, on_delete=models.PROTECT, related_name="carve_out_proof"
    )
    method = models.CharField(max_length=40)
    window = models.PositiveSmallIntegerField()
    sections = models.PositiveIntegerField()
    characters = models.PositiveIntegerField()
    too_short = models.PositiveIntegerField()
    overlaps = models.PositiveIntegerField()
    body_sha256 = models.CharField(max_length=64)
    packet_sha256 = models.CharField(max_length=64)
    behind_sha256 = models.CharField(max_length=64)

    class Meta(LedgerRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(overlaps=0, sections__gt=0), name="proof_of_no_overlap"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sections} stayed behind, {self.overlaps} overlaps"
