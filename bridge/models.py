"""Signals and the bridge audit."""

from django.db import models

from access.models import Persona
from bridge.states import Route, SignalStatus, SignalType
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow


class Signal(models.Model):
    """One message from one persona to one other. What was said never changes; only `status` does.

    Names and PIDs are kept as they were when the signal was sent. `thread_id` is the id of the
    first signal of the thread; a reply that is a report of its own begins one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    thread_id = models.UUIDField(editable=False)
    in_reply_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replies"
    )
    sender = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="sent_signals")
    from_pid = models.CharField(max_length=64)
    from_identity = models.CharField(max_length=80)
    recipient = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="inbox_signals")
    to_pid = models.CharField(max_length=64)
    to_identity = models.CharField(max_length=80)
    route = models.CharField(max_length=20, choices=Route.choices)
    signal_type = models.CharField(max_length=20, choices=SignalType.choices)
    category = models.CharField(max_length=80, blank=True)
    payload = models.JSONField()
    payload_sha256 = models.CharField(max_length=64)
    audit_uid = models.UUIDField(null=True)
    intake_id = models.UUIDField(null=True)
    status = models.CharField(
        max_length=10, choices=SignalStatus.choices, default=SignalStatus.SENT
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["tenant_id", "recipient", "id"], name="signal_inbox"),
            models.Index(fields=["tenant_id", "sender", "id"], name="signal_sent"),
            models.Index(fields=["tenant_id", "thread_id", "id"], name="signal_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.from_identity}@{self.from_pid} → {self.to_identity}@{self.to_pid}"


class BridgeAudit(LedgerRow):
    """One routing decision that crossed a project (SPEC-116 §Audit). Written with the signal, in
    one transaction: if this row cannot be written, nothing was sent."""

    tenant_id = models.UUIDField()
    signal_id = models.UUIDField(unique=True)
    from_pid = models.CharField(max_length=64)
    from_identity = models.CharField(max_length=80)
    to_pid = models.CharField(max_length=64)
    to_identity = models.CharField(max_length=80)
    bridge_persona = models.CharField(max_length=80)
    direction = models.CharField(max_length=20, choices=Route.choices)
    signal_type = models.CharField(max_length=20)
    category = models.CharField(max_length=80, blank=True)
    payload_sha256 = models.CharField(max_length=64)
    routed_at = models.DateTimeField()

    class Meta(LedgerRow.Meta):
        verbose_name = "bridge audit row"
        indexes = [
            models.Index(fields=["tenant_id", "from_pid", "id"], name="audit_from"),
            models.Index(fields=["tenant_id", "to_pid", "id"], name="audit_to"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.from_pid} → {self.to_pid}"
