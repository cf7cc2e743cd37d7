"""The desk's durable artifacts. They live in the tenant's home project only (SPEC-116 §Artifact
ownership)."""

from django.db import models

from access.models import Project
from incidents.models.incident import Incident
from incidents.states import TodoStatus
from kernel import clock
from kernel.ids import new_id


class Postmortem(models.Model):
    """The local postmortem of one incident; gets the issue's address when it is filed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    postmortem_id = models.CharField(max_length=32, editable=False)
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="postmortem")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    summary = models.TextField()
    issue_url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "postmortem_id"], name="postmortem_id_once"
            )
        ]

    def __str__(self) -> str:
        return self.postmortem_id


class JournalEntry(models.Model):
    """A line in the home project's journal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="journal")
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, related_name="journal"
    )
    author = models.CharField(max_length=200)
    text = models.TextField()
    refs = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return self.text[:80]


class Todo(models.Model):
    """Work the desk put on a lane owner's list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="todos")
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    lane_owner = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=TodoStatus.choices, default=TodoStatus.OPEN)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title
