"""What happened: intake, incidents, triage, lessons, deadlines, the desk's journal and todos."""

from incidents.models.artifacts import JournalEntry, LaneOwner, Todo
from incidents.models.deadlines import (
    BusinessCalendar,
    Deadline,
    DeadlinePause,
    DeadlinePolicy,
    Escalation,
    EscalationStep,
)
from incidents.models.incident import LINKING_IDS, DailyCounter, Incident, TimelineEntry
from incidents.models.intake import ClassificationRow, Intake, Storm
from incidents.models.lesson import (
    Category,
    ContainmentAction,
    CorrectiveAction,
    Postmortem,
    PostmortemVersion,
    Waiver,
)
from incidents.models.triage import TIERS, Citation, TriageTier

__all__ = [
    "LINKING_IDS",
    "TIERS",
    "BusinessCalendar",
    "Category",
    "Citation",
    "ClassificationRow",
    "ContainmentAction",
    "CorrectiveAction",
    "DailyCounter",
    "Deadline",
    "DeadlinePause",
    "DeadlinePolicy",
    "Escalation",
    "EscalationStep",
    "Incident",
    "Intake",
    "JournalEntry",
    "LaneOwner",
    "Postmortem",
    "PostmortemVersion",
    "Storm",
    "TimelineEntry",
    "Todo",
    "TriageTier",
    "Waiver",
]
