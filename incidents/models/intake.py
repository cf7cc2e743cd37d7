"""Reports as they reach the desk."""

from django.db import models

from access.models import Persona
from bridge.models import Signal
from incidents.states import Classification, IntakeStatus
from kernel import clock
from kernel.ids import new_id


class Intake(models.Model):
    """One report at the desk. `suggested` is what the built-in desk would say (assist mode)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="intake")
    reporter = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="reports")
    reporter_pid = models.CharField(max_length=64)
    reporter_identity = models.CharField(max_length=80)
    status = models.CharField(
        max_length=12, choices=IntakeStatus.choices, default=IntakeStatus.RECEIVED
    )
    classification = models.CharField(max_length=16, choices=Classification.choices, blank=True)
    rationale = models.TextField(blank=True)
    suggested = models.JSONField(null=True)
    due_at = models.DateTimeField()
    classified_at = models.DateTimeField(null=True)
    todo = models.ForeignKey("incidents.Todo", on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "intake"
        indexes = [models.Index(fields=["tenant_id", "status", "id"], name="intake_status")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=IntakeStatus.RECEIVED) | ~models.Q(classification=""),
                name="intake_left_with_class",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reporter_identity}@{self.reporter_pid}: {self.status}"

    @property
    def overdue(self) -> bool:
        return self.status == IntakeStatus.RECEIVED and clock.now() > self.due_at


class ClassificationRow(models.Model):
    """Who classified a report as what, and why. A later opinion is another row."""

    id = models.BigAutoField(primary_key=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="classifications")
    classification = models.CharField(max_length=16, choices=Classification.choices)
    rationale = models.TextField()
    rule = models.CharField(max_length=80, blank=True)
    decided_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name = "classification"

    def __str__(self) -> str:
        return f"{self.classification} by {self.decided_by}"
