"""How many: incidents per week, missed deadlines, what came again."""

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from incidents.models import Deadline, Incident, Intake
from incidents.numbers.period import Period
from incidents.states import Classification, IncidentStatus, Severity, Stage

SEVERITIES = (*Severity.values, "")
CATEGORIES_SHOWN = 15


@dataclass(frozen=True)
class Week:
    """Incidents by severity ("" where none is decided) of the week that begins on `monday`."""

    monday: date
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Breaches:
    """Clocks of one stage that began in the period, and how many of them ran out."""

    stage: str
    label: str
    began: int
    breached: int

    @property
    def share(self) -> float | None:
        return self.breached / self.began if self.began else None


@dataclass(frozen=True)
class Repeats:
    """What came again: reports that joined an open case, cases that were opened again."""

    reports: int
    joined: int
    cases: int
    reopened: int
    reopenings: int


@dataclass(frozen=True)
class Recurring:
    """A category that more than one incident of the period has."""

    category: str
    incidents: int
    projects: int


def real_cases(period: Period, tenant_id: UUID | None) -> QuerySet[Incident]:
    """Incidents opened in the period, without those that were none after all."""
    found = Incident.objects.filter(created_at__gte=period.since, created_at__lt=period.until)
    found = found.exclude(status=IncidentStatus.WITHDRAWN)
    return found if tenant_id is None else found.filter(tenant_id=tenant_id)


def reports(period: Period, tenant_id: UUID | None) -> QuerySet[Intake]:
    """Reports that arrived in the period."""
    found = Intake.objects.filter(created_at__gte=period.since, created_at__lt=period.until)
    return found if tenant_id is None else found.filter(tenant_id=tenant_id)


def weeks(period: Period, tenant_id: UUID | None) -> list[Week]:
    """Every week that the period touches, in order, by the moment of detection."""
    found = Incident.objects.filter(detected_at__gte=period.since, detected_at__lt=period.until)
    found = found.exclude(status=IncidentStatus.WITHDRAWN)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    counted = (
        found.order_by()
        .annotate(week=TruncWeek("detected_at", tzinfo=UTC))
        .values_list("week", "severity")
        .annotate(incidents=Count("id"))
    )
    by_week: dict[date, dict[str, int]] = {}
    monday = period.first_day - timedelta(days=period.first_day.weekday())
    while monday <= period.last_day:
        by_week[monday] = dict.fromkeys(SEVERITIES, 0)
        monday += timedelta(days=7)
    for week, severity, incidents in counted:
        by_week[week.date()][severity] = incidents
    return [Week(monday, counts) for monday, counts in by_week.items()]


def breaches(period: Period, tenant_id: UUID | None) -> list[Breaches]:
    """One entry per stage, all of them."""
    found = Deadline.objects.filter(started_at__gte=period.since, started_at__lt=period.until)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    counted = {
        stage: (began, breached)
        for stage, began, breached in found.order_by()
        .values_list("stage")
        .annotate(began=Count("id"), breached=Count("id", filter=Q(breached_at__isnull=False)))
    }
    return [
        Breaches(stage.value, str(stage.label), *counted.get(stage.value, (0, 0)))
        for stage in Stage
    ]


def repeats(period: Period, tenant_id: UUID | None) -> Repeats:
    arrived = reports(period, tenant_id).aggregate(
        incidents=Count("id", filter=Q(classification=Classification.INCIDENT)),
        joined=Count("id", filter=Q(joined__isnull=False)),
    )
    opened = real_cases(period, tenant_id).aggregate(
        cases=Count("id"),
        reopened=Count("id", filter=Q(reopened_count__gt=0)),
        reopenings=Sum("reopened_count", default=0),
    )
    return Repeats(
        reports=arrived["incidents"],
        joined=arrived["joined"],
        cases=opened["cases"],
        reopened=opened["reopened"],
        reopenings=opened["reopenings"],
    )


def recurring(period: Period, tenant_id: UUID | None) -> list[Recurring]:
    """Categories with two incidents or more, most of them first."""
    found = (
        real_cases(period, tenant_id)
        .exclude(category="")
        .order_by()
        .values_list("category")
        .annotate(incidents=Count("id"), projects=Count("project", distinct=True))
        .filter(incidents__gte=2)
        .order_by("-incidents", "category")
    )
    return [Recurring(*row) for row in found[:CATEGORIES_SHOWN]]
