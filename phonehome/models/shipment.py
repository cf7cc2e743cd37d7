"""The outbox: shipments and every attempt at them."""

from django.db import models

from kernel import clock
from kernel.ids import new_id
from phonehome.models.packet import PhoneHomeRecord
from phonehome.models.review import Review
from phonehome.states import AttemptOutcome, AttemptPhase, ShipmentState


class Shipment(models.Model):
    """The outbox row of one approval; written in the transaction of the approval.

    A worker owns it while `lease_token` is its own and `lease_until` has not passed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    record = models.ForeignKey(PhoneHomeRecord, on_delete=models.PROTECT, related_name="shipments")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="shipment")
    state = models.CharField(
        max_length=12, choices=ShipmentState.choices, default=ShipmentState.QUEUED
    )
    transport = models.CharField(
        max_length=20,
        editable=False,
        help_text="The way out that the operator was shown; it ships that way or not at all.",
    )
    not_before = models.DateTimeField()
    attempts_made = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=~models.Q(state=ShipmentState.CANCELLED),
                name="one_live_shipment",
            )
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="shipment_due")]

    def __str__(self) -> str:
        return f"{self.state} shipment of {self.record_id}"


class Attempt(models.Model):
    """One try at a shipment, kept for ever: what it did, how it ended, in whose words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=200)
    transport = models.CharField(max_length=20)
    phase = models.CharField(
        max_length=10, choices=AttemptPhase.choices, default=AttemptPhase.CLAIMED
    )
    outcome = models.CharField(max_length=10, choices=AttemptOutcome.choices, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    issue_url = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    creating_at = models.DateTimeField(null=True)
    create_deadline = models.DateTimeField(
        null=True, help_text="No process of ours can still be sending after this."
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("shipment", "number")
        constraints = [models.UniqueConstraint(fields=["shipment", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.outcome or self.phase}"
