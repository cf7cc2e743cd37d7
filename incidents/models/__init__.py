"""What happened: intake, incidents, triage, postmortems, the desk's journal and todos."""

from incidents.models.artifacts import JournalEntry, Postmortem, Todo
from incidents.models.incident import DailyCounter, Incident, TimelineEntry, TriageTier
from incidents.models.intake import ClassificationRow, Intake

__all__ = [
    "ClassificationRow",
    "DailyCounter",
    "Incident",
    "Intake",
    "JournalEntry",
    "Postmortem",
    "TimelineEntry",
    "Todo",
    "TriageTier",
]
