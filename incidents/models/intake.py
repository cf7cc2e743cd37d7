"""Reports as they reach the desk."""

from django.db import models

from access.models import Persona
from bridge.models import Signal
from incidents.states import UNCLASSIFIED, Classification, IntakeStatus
from kernel import clock
from kernel.ids import new_id


class Storm(models.Model):
    """Many reports of one reporter in a short time: held and summarised, none dropped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    reporter = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="storms")
    began_at = models.DateTimeField(default=clock.now)
    last_report_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["reporter"],
                condition=models.Q(released_at__isnull=True),
                name="one_open_storm",
            )
        ]

    def __str__(self) -> str:
        return f"storm of {self.reporter_id} since {self.began_at:%Y-%m-%d %H:%M}"


class Intake(models.Model):
    """One report at the desk. `suggested` is what the built-in desk would say (assist mode).

    `fingerprint` is the SHA-256 of the normalised text and stack trace; a report whose fingerprint
    an open case of the same project holds joins that case (`joined`), unless its reporter said
    that it is not the same (`distinct_from`). In a released storm, reports of one fingerprint
    follow the first of them (`same_as`): what is decided about that one holds for all.
    """

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
    fingerprint = models.CharField(max_length=64, blank=True)
    joined = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, null=True, related_name="repeats"
    )
    distinct_from = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, null=True, related_name="+"
    )
    storm = models.ForeignKey(Storm, on_delete=models.PROTECT, null=True, related_name="reports")
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followers"
    )
    due_at = models.DateTimeField()
    next_update_due_at = models.DateTimeField(null=True)
    classified_at = models.DateTimeField(null=True)
    todo = models.ForeignKey("incidents.Todo", on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "intake"
        indexes = [
            models.Index(fields=["tenant_id", "status", "id"], name="intake_status"),
            models.Index(fields=["reporter", "created_at"], name="intake_reporter"),
            models.Index(fields=["joined", "id"], name="intake_joined"),
            models.Index(
                fields=["next_update_due_at"],
                condition=models.Q(next_update_due_at__isnull=False),
                name="intake_promise",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=UNCLASSIFIED) | ~models.Q(classification=""),
                name="intake_left_with_class",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=IntakeStatus.JOINED) | models.Q(joined__isnull=False),
                name="joined_to_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reporter_identity}@{self.reporter_pid}: {self.status}"

    @property
    def overdue(self) -> bool:
        return self.status == IntakeStatus.RECEIVED and clock.now() > self.due_at


class ClassificationRow(models.Model):
    """Who classified a report as what, and why; append-only. A later opinion is another row.

    `desk_classification` and `desk_rule` are what the built-in desk said of the same report, so
    that agreement can be measured.
    """

    id = models.BigAutoField(primary_key=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="classifications")
    classification = models.CharField(max_length=16, choices=Classification.choices)
    rationale = models.TextField()
    rule = models.CharField(max_length=80, blank=True)
    decided_by = models.CharField(max_length=200)
    desk_classification = models.CharField(
        max_length=16, choices=Classification.choices, blank=True
    )
    desk_rule = models.CharField(max_length=80, blank=True)
    rubric_version = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name = "classification"

    def __str__(self) -> str:
        return f"{self.classification} by {self.decided_by}"
