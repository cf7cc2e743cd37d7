"""Names of the bridge's states and kinds, with a line on what each means."""

from django.db import models


class SignalType(models.TextChoices):
    QUESTION = "Question", "Question"
    ANSWER = "Answer", "Answer"
    HANDOFF = "Handoff", "Handoff"  # makes the addressee a party to the thread
    NOTICE = "Notice", "Notice"
    STATUS = "Status", "Status"
    TASK = "Task", "Task"


class SignalStatus(models.TextChoices):
    SENT = "sent", "sent"  # in the inbox, not opened
    READ = "read", "read"
    ANSWERED = "answered", "answered"  # a reply exists


class Route(models.TextChoices):
    SAME_PROJECT = "same_project", "same project"
    TO_BRIDGE = "to_bridge", "to a bridge persona"
    FROM_BRIDGE = "from_bridge", "from a bridge persona"
