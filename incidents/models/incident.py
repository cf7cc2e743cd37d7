"""The incident, its record (seed 002 §3) and its timeline."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from access.models import Persona, Project
from incidents.models.intake import Intake
from incidents.states import (
    LINKED,
    Closure,
    IncidentStatus,
    Kind,
    Origin,
    Scope,
    Severity,
    WithWhom,
)
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow

# seed 002 §3: what links a record to runs, releases and approvals.
LINKING_IDS = (
    "trace_id",
    "session_id",
    "agent_id",
    "bundle_id",
    "change_id",
    "rollout_wave",
    "tool_principal",
    "approval_id",
    "idempotency_key",
)


def _linked() -> Q:
    """Every linking id is known, or marked unknown with a reason."""
    linked = Q()
    for name in LINKING_IDS:
        linked &= ~Q(**{name: ""}) | Q(unknown__has_key=name)
    return linked


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
    """Something broke. `report` is the customer's raw text and stays in this database; `text` is
    what Clara made of it for the triage, empty while that is the report.

    `unknown` maps the name of a linking field to the reason why nobody knows it. The moments are
    first times: `acknowledged_at` is the first tier's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    incident_id = models.CharField(max_length=32, editable=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.REPORT)
    intake = models.OneToOneField(
        Intake, on_delete=models.PROTECT, null=True, related_name="incident"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="incidents")
    reporter = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, related_name="incidents"
    )
    title = models.CharField(max_length=200)
    report = models.TextField()
    text = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
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
    with_since = models.DateTimeField(default=clock.now)

    category = models.CharField(max_length=60, blank=True)
    detected_at = models.DateTimeField(default=clock.now)
    detected_by = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    agent_id = models.CharField(max_length=200, blank=True)
    trace_id = models.CharField(max_length=200, blank=True)
    session_id = models.CharField(max_length=200, blank=True)
    bundle_id = models.CharField(max_length=200, blank=True)
    change_id = models.CharField(max_length=200, blank=True)
    rollout_wave = models.CharField(max_length=200, blank=True)
    tool_principal = models.CharField(max_length=200, blank=True)
    approval_id = models.CharField(max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=200, blank=True)
    affected_surfaces = models.JSONField(default=list)
    unknown = models.JSONField(default=dict)

    issue_repo = models.CharField(max_length=140, blank=True)
    issue_url = models.CharField(max_length=300, blank=True)
    issue_number = models.PositiveIntegerField(null=True)
    issue_state = models.CharField(max_length=16, blank=True)

    closure = models.CharField(max_length=12, choices=Closure.choices, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    acknowledged_at = models.DateTimeField(null=True)
    triaged_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    contained_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_update_at = models.DateTimeField(default=clock.now)
    next_update_due_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        permissions = [("work_incident", "Can work on incidents: waive, pause, correct")]
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "incident_id"], name="incident_id_once"),
            models.CheckConstraint(
                condition=~Q(status=IncidentStatus.TRIAGED) | Q(eligible__isnull=False),
                name="triaged_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(scope=Scope.CUSTOMER_INTERNAL) | ~Q(eligible=True),
                name="customer_internal_stays",
            ),
            models.CheckConstraint(
                condition=~Q(origin=Origin.REPORT)
                | (Q(intake__isnull=False) & Q(reporter__isnull=False)),
                name="a_report_has_a_reporter",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=LINKED) | _linked(), name="contained_is_linked"
            ),
            models.CheckConstraint(
                condition=~Q(status=IncidentStatus.CLOSED) | ~Q(closure=""),
                name="closed_has_a_lesson",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "id"], name="incident_tenant"),
            models.Index(fields=["tenant_id", "severity", "id"], name="incident_severity"),
            models.Index(
                fields=["tenant_id", "fingerprint"],
                condition=~Q(fingerprint=""),
                name="incident_same",
            ),
            models.Index(fields=["tenant_id", "status", "id"], name="incident_status"),
            models.Index(fields=["tenant_id", "reporter", "id"], name="incident_reporter"),
            models.Index(fields=["tenant_id", "category", "id"], name="incident_category"),
            models.Index(fields=["project", "fingerprint"], name="incident_fingerprint"),
            models.Index(fields=["tenant_id", "created_at"], name="incident_created"),
            models.Index(
                fields=["next_update_due_at"],
                condition=Q(next_update_due_at__isnull=False),
                name="incident_promise",
            ),
        ]

    def __str__(self) -> str:
        return self.incident_id

    @property
    def case_text(self) -> str:
        """The text as it stands: what the triage is about and what is scanned."""
        return self.text or self.report

    @transition("status", source=IncidentStatus.REPORTED, target=IncidentStatus.TRIAGING)
    def begin_triage(self) -> None:
        """Tier 1 is complete."""

    @transition("status", source=IncidentStatus.TRIAGING, target=IncidentStatus.TRIAGED)
    def finish_triage(self) -> None:
        """Tier 5 is complete."""

    @transition("status", source=IncidentStatus.TRIAGED, target=IncidentStatus.TRIAGING)
    def reopen_triage(self) -> None:
        """What a tier rests on has changed."""

    @transition("status", source=IncidentStatus.TRIAGED, target=IncidentStatus.CONTAINED)
    def contain(self) -> None:
        """A containment action is recorded and every linking id accounted for."""

    @transition("status", source=IncidentStatus.CONTAINED, target=IncidentStatus.RESOLVED)
    def resolve(self) -> None:
        """The cause is gone."""

    @transition("status", source=IncidentStatus.RESOLVED, target=IncidentStatus.CLOSED)
    def close(self) -> None:
        """The postmortem is linked to a corrective artifact, or an operator signed a waiver."""

    @transition(
        "status",
        source=[IncidentStatus.CONTAINED, IncidentStatus.RESOLVED, IncidentStatus.CLOSED],
        target=IncidentStatus.TRIAGING,
    )
    def reopen(self) -> None:
        """It was not over: classification and output discipline are done again."""

    @transition(
        "status",
        source=[IncidentStatus.REPORTED, IncidentStatus.TRIAGING, IncidentStatus.TRIAGED],
        target=IncidentStatus.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """Its report was classified anew as no incident, or taken back by its reporter."""

    @transition("status", source=IncidentStatus.WITHDRAWN, target=IncidentStatus.REPORTED)
    def reinstate(self) -> None:
        """Its report is an incident after all."""


class TimelineEntry(LedgerRow):
    """One thing that happened to an incident, in any app; a ledger, server time only.

    A mistake is put right by a later entry `corrected` whose detail names the earlier `uid`.
    """

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
