"""Until when somebody has to act, what happens before and after that, and when nobody works."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

from access.models import Tenant
from incidents.models.incident import Incident
from incidents.models.intake import Intake
from incidents.states import DeadlineState, Delivery, EscalationKind, Severity, Stage
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow

RUNNING = (DeadlineState.OPEN, DeadlineState.PAUSED)


def _nine() -> time:
    return time(9)


def _five() -> time:
    return time(17)


class BusinessCalendar(models.Model):
    """When people work: hours of a week in a time zone, without a country's holidays and the days
    off named here (ISO dates)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=10, blank=True)
    weekdays = models.JSONField(default=list, help_text="0 is Monday.")
    opens = models.TimeField(default=_nine)
    closes = models.TimeField(default=_five)
    days_off = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="calendar_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(tenant__isnull=True), name="common_calendar_once"
            ),
            models.CheckConstraint(condition=Q(closes__gt=models.F("opens")), name="opens_first"),
        ]

    def __str__(self) -> str:
        return self.name


class DeadlinePolicy(models.Model):
    """How long a stage may take. The most particular one counts: the tenant's before the
    installation's (no tenant), the severity's before the one for any."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stage = models.CharField(max_length=16, choices=Stage.choices)
    severity = models.CharField(max_length=2, choices=Severity.choices, blank=True)
    minutes = models.PositiveIntegerField()
    at_risk_percent = models.PositiveSmallIntegerField(default=75)
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="policies"
    )

    class Meta:
        ordering = ("stage", "severity")
        verbose_name_plural = "deadline policies"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "stage", "severity"], name="policy_once"),
            models.UniqueConstraint(
                fields=["stage", "severity"],
                condition=Q(tenant__isnull=True),
                name="common_policy_once",
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="policy_takes_time"),
            models.CheckConstraint(
                condition=Q(at_risk_percent__gt=0, at_risk_percent__lte=100), name="risk_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.severity or 'any'}: {self.minutes} min"


class EscalationStep(models.Model):
    """What a policy does when so much of its time is over; 100 is the breach."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=16, choices=EscalationKind.choices)
    after_percent = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("policy", "after_percent", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "kind", "after_percent"], name="escalation_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.after_percent} %"


class Deadline(models.Model):
    """One running clock. `next_step_at` is when the sweep has to look at it again: at risk,
    breach or the next escalation step, whichever comes first; null when nothing is left.

    `ref` tells apart what a stage is about where it is not the case itself (a packet's id).
    `minutes` is the working time it was given and `terms` the rest of what was said then
    (`deadlines.kept`; null before terms were kept); `paused_seconds` is working time during which
    it stood still, so far.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    stage = models.CharField(max_length=16, choices=Stage.choices)
    intake = models.ForeignKey(
        Intake, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    ref = models.CharField(max_length=64, blank=True)
    severity = models.CharField(max_length=2, choices=Severity.choices, blank=True)
    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.SET_NULL, null=True)
    state = models.CharField(
        max_length=10, choices=DeadlineState.choices, default=DeadlineState.OPEN
    )
    minutes = models.PositiveIntegerField()
    terms = models.JSONField(null=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    at_risk_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_step_at = models.DateTimeField(null=True)
    was_at_risk = models.BooleanField(default=False)
    breached_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "intake"],
                condition=Q(state__in=RUNNING, intake__isnull=False),
                name="one_clock_per_intake",
            ),
            models.UniqueConstraint(
                fields=["stage", "incident", "ref"],
                condition=Q(state__in=RUNNING, incident__isnull=False),
                name="one_clock_per_incident",
            ),
            models.CheckConstraint(
                condition=Q(intake__isnull=False) | Q(incident__isnull=False),
                name="clock_of_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"],
                condition=Q(state=DeadlineState.OPEN, next_step_at__isnull=False),
                name="deadline_due",
            ),
            models.Index(fields=["tenant_id", "stage", "due_at"], name="deadline_stage"),
            # What runs and is due first, for the page.
            models.Index(
                fields=["due_at"], condition=Q(state__in=RUNNING), name="deadline_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} until {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def subject(self) -> Incident | Intake:
        """The case, or the report that is none yet. Raises ValueError for neither."""
        found = self.incident or self.intake
        if found is None:
            raise ValueError("A clock is of a case or of a report.")
        return found


class DeadlinePause(LedgerRow):
    """A clock was stopped or set going again: by whom and why."""

    tenant_id = models.UUIDField()
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="pauses")
    paused = models.BooleanField()
    reason = models.CharField(max_length=500)
    actor = models.CharField(max_length=200)

    class Meta(LedgerRow.Meta):
        indexes = [models.Index(fields=["deadline", "id"], name="pause_deadline")]

    def __str__(self) -> str:
        return "paused" if self.paused else "resumed"


class Escalation(models.Model):
    """One step that was taken for one deadline, once: the row is the claim. `delivery` says what
    became of the message (`Delivery`); `operator` is whom a second operator's step chose."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="escalations")
    kind = models.CharField(max_length=16, choices=EscalationKind.choices)
    after_percent = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=200, blank=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    delivery = models.CharField(max_length=12, choices=Delivery.choices, default=Delivery.TOLD)
    fired_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "kind", "after_percent"], name="escalation_once"
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "id"], name="escalation_tenant"),
            models.Index(
                fields=["id"], condition=Q(delivery=Delivery.QUEUED), name="escalation_queued"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.after_percent} %"
