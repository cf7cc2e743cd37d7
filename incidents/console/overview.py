"""What the case page tells at one look."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from incidents.hooks import CasePanel, case_panels
from incidents.models import Deadline, Incident, Intake
from incidents.models.deadlines import RUNNING
from incidents.states import DeadlineState
from kernel import clock
from kernel.spans import Due, due

SHOWN = 20


@dataclass(frozen=True)
class Clock:
    """A running deadline; `due` is None while it is paused."""

    deadline: Deadline
    due: Due | None


class Overview:
    """One case, read when the template asks; at most SHOWN of each."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self._now = clock.now()

    @property
    def issue_link(self) -> str:
        """The issue's address when a browser can open it, else empty."""
        address = str(self.incident.issue_url)
        return address if address.startswith("https://") else ""

    @property
    def intake_url(self) -> str:
        """The report as the desk took it in."""
        if self.incident.intake_id is None:
            return ""
        return reverse("admin:incidents_intake_change", args=[self.incident.intake_id])

    @property
    def thread_url(self) -> str:
        """Everything that was said in the report's thread."""
        if self.incident.intake is None:
            return ""
        query = urlencode({"q": str(self.incident.intake.signal_id)})
        return f"{reverse('admin:bridge_signal_changelist')}?{query}"

    @property
    def record_url(self) -> str:
        return reverse("admin:incidents_incident_change", args=[self.incident.pk])

    @cached_property
    def panels(self) -> list[tuple[str, CasePanel]]:
        return case_panels(self.incident)

    @cached_property
    def clocks(self) -> list[Clock]:
        running = Deadline.objects.filter(incident=self.incident, state__in=RUNNING)
        return [self._clock(one) for one in running.order_by("due_at")[:SHOWN]]

    @cached_property
    def repeats(self) -> list[Intake]:
        """Reports that joined the case, the latest first."""
        return list(self.incident.repeats.order_by("-id")[:SHOWN])

    @cached_property
    def moments(self) -> list[tuple[str, datetime]]:
        """What the case has gone through, as far as it came."""
        one = self.incident
        known = (
            ("Acknowledged", one.acknowledged_at),
            ("Triaged", one.triaged_at),
            ("Approved", one.approved_at),
            ("Filed", one.filed_at),
            ("Contained", one.contained_at),
            ("Resolved", one.resolved_at),
            ("Closed", one.closed_at),
        )
        return [(name, moment) for name, moment in known if moment is not None]

    def _clock(self, deadline: Deadline) -> Clock:
        paused = deadline.state == DeadlineState.PAUSED
        return Clock(deadline, None if paused else due(deadline.due_at, self._now))
