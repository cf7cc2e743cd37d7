"""Who is who: tenants, projects, personas, agent keys, operators."""

import unicodedata
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from access.states import PersonaClass, PersonaDuty, PersonaStatus
from kernel import clock
from kernel.ids import new_id
from kernel.ledger import LedgerRow


def identity_key(name: str) -> str:
    """The form in which names are compared: NFKC, case-folded, so that look-alikes of width and
    case are one name."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


class User(AbstractUser):
    """A person who signs in to the console. Duties come from groups and permissions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = "operator"

    @property
    def tenant_id(self) -> UUID | None:
        return None

    @property
    def kind(self) -> str:
        return "operator"

    @property
    def label(self) -> str:
        return self.get_username()


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    desk_mode = models.CharField(
        max_length=10,
        blank=True,
        help_text="auto, assist or agents; empty takes DESK_MODE.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="projects")
    pid = models.CharField("PID", max_length=64)
    name = models.CharField(max_length=200, blank=True)
    is_home = models.BooleanField(default=False, help_text="Holds the desk and its artifacts.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("tenant", "pid")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "pid"], name="project_pid_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_home=True), name="one_home_project"
            ),
        ]

    def __str__(self) -> str:
        return self.pid


class PersonaStamp(LedgerRow):
    """Who made or unmade a bridge persona, when and why. A persona is a bridge only by one of
    these (SPEC-116 §Admin contract)."""

    tenant_id = models.UUIDField()
    pid = models.CharField(max_length=64)
    identity = models.CharField(max_length=80)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    duty = models.CharField(max_length=20, blank=True)
    stamped_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.identity}: {self.before or 'new'} → {self.after}"


class Persona(models.Model):
    """An agent's identity within one project."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="personas")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="personas")
    identity = models.CharField(max_length=80)
    identity_key = models.CharField(max_length=160, editable=False)
    persona_class = models.CharField(
        max_length=10, choices=PersonaClass.choices, default=PersonaClass.PROJECT, editable=False
    )
    duty = models.CharField(
        max_length=20, choices=PersonaDuty.choices, blank=True, default="", editable=False
    )
    # One stamp, one persona: what was stamped for Sage makes nobody else a bridge.
    stamp = models.OneToOneField(
        PersonaStamp, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    status = models.CharField(
        max_length=10, choices=PersonaStatus.choices, default=PersonaStatus.ACTIVE
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("project", "identity")
        constraints = [
            models.UniqueConstraint(fields=["project", "identity_key"], name="persona_name_once"),
            models.UniqueConstraint(
                fields=["tenant", "identity_key"],
                condition=Q(persona_class=PersonaClass.BRIDGE),
                name="bridge_name_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "duty"],
                condition=~Q(duty="") & Q(status=PersonaStatus.ACTIVE),
                name="duty_once",
            ),
            # No payload, header, file or form makes a bridge: the stamp does.
            models.CheckConstraint(
                condition=Q(persona_class=PersonaClass.PROJECT) | Q(stamp__isnull=False),
                name="bridge_needs_stamp",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity} ({self.project.pid})"

    def save(self, *args: object, **kwargs: object) -> None:
        self.identity_key = identity_key(self.identity)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_bridge(self) -> bool:
        return self.persona_class == PersonaClass.BRIDGE


class AgentKey(models.Model):
    """A key of one persona. The secret is 256 random bits, so a plain SHA-256 stores it safely."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key_id = models.CharField(max_length=16, unique=True, editable=False)
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="keys")
    secret_sha256 = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"prc_{self.key_id}_…"
