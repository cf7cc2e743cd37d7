"""The incident, its triage tiers and its timeline."""

from django.db import models
from django_fsm import FSMField, transition

from access.models import Persona, Project
from incidents.models.intake import Intake
from incidents.states import IncidentStatus, Kind, Scope, Severity, WithWhom
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow

TIERS = (1, 2, 3, 4, 5)


class DailyCounter(models.Model):
    """The last number given out per tenant, series and day; locked while the next one is taken,
    so that ids of a day have no gaps."""

    tenant_id = models.UUIDField()
    series = models.CharField(max_length=8)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "series", "day"], name="counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.day}"


class Incident(models.Model):
    """Something broke. `report` is the customer's raw text and stays in this database."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    incident_id = models.CharField(max_length=32, editable=False)
    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, related_name="incident")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="incidents")
    reporter = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=200)
    report = models.TextField()
    status = FSMField(
        choices=IncidentStatus.choices,
        default=IncidentStatus.REPORTED,
        protected=True,
        max_length=12,
    )
    severity = models.CharField(max_length=2, choices=Severity.choices, blank=True)
    scope = models.CharField(max_length=20, choices=Scope.choices, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, blank=True)
    eligible = models.BooleanField(null=True)
    with_whom = models.CharField(
        max_length=16, choices=WithWhom.choices, default=WithWhom.INCIDENT_MANAGER
    )
    issue_repo = models.CharField(max_length=140, blank=True)
    issue_url = models.CharField(max_length=300, blank=True)
    issue_number = models.PositiveIntegerField(null=True)
    issue_state = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_update_at = models.DateTimeField(default=clock.now)
    next_update_due_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "incident_id"], name="incident_id_once"),
            models.CheckConstraint(
                condition=~models.Q(status=IncidentStatus.TRIAGED)
                | models.Q(eligible__isnull=False),
                name="triaged_is_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(scope=Scope.CUSTOMER_INTERNAL) | ~models.Q(eligible=True),
                name="customer_internal_stays",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "status", "id"], name="incident_status"),
            models.Index(fields=["tenant_id", "reporter", "id"], name="incident_reporter"),
        ]

    def __str__(self) -> str:
        return self.incident_id

    @transition("status", source=IncidentStatus.REPORTED, target=IncidentStatus.TRIAGING)
    def begin_triage(self) -> None:
        """Tier 1 is complete."""

    @transition("status", source=IncidentStatus.TRIAGING, target=IncidentStatus.TRIAGED)
    def finish_triage(self) -> None:
        """Tier 5 is complete."""


class TriageTier(models.Model):
    """One completed tier of the five (SPEC-114), as it was recorded."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tiers")
    tier = models.PositiveSmallIntegerField()
    content = models.JSONField()
    completed_by = models.CharField(max_length=200)
    completed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("incident", "tier")
        constraints = [
            models.UniqueConstraint(fields=["incident", "tier"], name="tier_once"),
            models.CheckConstraint(condition=models.Q(tier__in=TIERS), name="tier_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier}"


class TimelineEntry(LedgerRow):
    """One thing that happened to an incident, in any app; a ledger, server time only."""

    tenant_id = models.UUIDField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="timeline")
    event = models.CharField(max_length=60)
    actor = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta(LedgerRow.Meta):
        verbose_name = "timeline entry"
        verbose_name_plural = "timeline entries"
        indexes = [models.Index(fields=["incident", "id"], name="timeline_incident")]

    def __str__(self) -> str:
        return self.event
