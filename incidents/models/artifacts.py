"""The desk's journal and todos. They live in the tenant's home project only (SPEC-116 §Artifact
ownership); a customer's agent keeps its own in its own project. A lane has an owner there, too."""

from django.db import models

from access.models import Persona, Project
from incidents.models.incident import Incident
from incidents.states import TodoStatus
from kernel import clock
from kernel.ids import new_id


class JournalEntry(models.Model):
    """A line in a project's journal."""

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
        indexes = [models.Index(fields=["project", "id"], name="journal_project")]

    def __str__(self) -> str:
        return self.text[:80]


class Todo(models.Model):
    """Work on somebody's list; the desk's go to a lane owner."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="todos")
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    lane_owner = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=TodoStatus.choices, default=TodoStatus.OPEN)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["project", "status", "id"], name="todo_project")]

    def __str__(self) -> str:
        return self.title


class LaneOwner(models.Model):
    """The persona of the home project that is signalled when work is put on a lane's list;
    `*` stands for every lane without a row."""

    id = models.BigAutoField(primary_key=True)
    tenant_id = models.UUIDField(editable=False)
    lane = models.CharField(max_length=80)
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="lanes")
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("lane",)
        constraints = [models.UniqueConstraint(fields=["tenant_id", "lane"], name="lane_once")]

    def __str__(self) -> str:
        return f"{self.lane}: {self.persona.identity}"
