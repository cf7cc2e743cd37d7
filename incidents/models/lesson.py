"""What was done against the damage, and what was learnt (seed 002 §3, §4)."""

from django.db import models

from access.models import Project
from incidents.models.incident import Incident
from incidents.states import ActionState, CorrectiveKind, PostmortemStatus
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow


class Category(models.Model):
    """One kind of incident. A category without a tenant is the product's own and known to all;
    a retired one stays readable and is not given any more."""

    id = models.BigAutoField(primary_key=True)
    tenant_id = models.UUIDField(null=True, editable=False)
    name = models.SlugField(max_length=60)
    meaning = models.CharField(max_length=300)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "name"], name="category_once"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(tenant_id__isnull=True),
                name="own_category_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContainmentAction(LedgerRow):
    """What somebody did to stop the damage."""

    tenant_id = models.UUIDField()
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, related_name="containment_actions"
    )
    action = models.CharField(max_length=100)
    detail = models.TextField(blank=True)
    actor = models.CharField(max_length=200)

    class Meta(LedgerRow.Meta):
        indexes = [models.Index(fields=["incident", "id"], name="containment_incident")]

    def __str__(self) -> str:
        return self.action


class Postmortem(models.Model):
    """The local postmortem of one incident; gets the issue's address when it is filed. Its text
    stands in the versions; `summary` is the latest version's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    postmortem_id = models.CharField(max_length=32, editable=False)
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="postmortem")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    summary = models.TextField()
    status = models.CharField(
        max_length=8, choices=PostmortemStatus.choices, default=PostmortemStatus.OPEN
    )
    owners = models.JSONField(default=list)
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


class PostmortemVersion(LedgerRow):
    """One state of a postmortem's text. `sections` holds what people wrote (summary, impact,
    what_worked, what_did_not) and the `owners` they named, `markdown` the whole page with the
    timeline and the actions as they stood then."""

    tenant_id = models.UUIDField()
    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sections = models.JSONField()
    markdown = models.TextField()
    author = models.CharField(max_length=200)

    class Meta(LedgerRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "number"], name="postmortem_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class CorrectiveAction(models.Model):
    """What a lesson became: an artifact with an owner, a due date and a state.

    `retires` names the path that a retirement plan takes out of use, `retired_at` when that was
    last said to be done; a report that shows it after that reopens the incident. A plan that was
    done and is open again is one whose path is alive.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    postmortem = models.ForeignKey(
        Postmortem, on_delete=models.PROTECT, related_name="corrective_actions"
    )
    kind = models.CharField(max_length=20, choices=CorrectiveKind.choices)
    ref = models.CharField(max_length=200)
    retires = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ActionState.choices, default=ActionState.OPEN)
    note = models.CharField(max_length=1000, blank=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    settled_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["postmortem", "kind", "ref"], name="corrective_action_once"
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "kind", "state"], name="corrective_state"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state=ActionState.OPEN, reminded_at__isnull=True),
                name="corrective_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def overdue(self) -> bool:
        return self.state == ActionState.OPEN and clock.now() >= self.due_at


class Waiver(LedgerRow):
    """An operator's signature that an incident closes without a corrective artifact."""

    tenant_id = models.UUIDField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="waivers")
    reason = models.TextField()
    signed_by = models.CharField(max_length=200)
    operator_id = models.UUIDField()

    class Meta(LedgerRow.Meta):
        indexes = [models.Index(fields=["incident", "id"], name="waiver_incident")]

    def __str__(self) -> str:
        return f"waiver by {self.signed_by}"
