"""The principal behind an agent key."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import Persona
from access.states import PersonaClass, PersonaDuty


@dataclass(frozen=True)
class AgentPrincipal:
    """An agent as its key proves it. Nothing a request says changes any of this."""

    key_pk: UUID
    key_id: str
    persona_id: UUID
    identity: str
    duty: str
    persona_class: str
    project_id: UUID
    pid: str
    is_home: bool
    tenant_id: UUID
    scopes: frozenset[str]
    expires_at: datetime

    kind = "agent"
    is_authenticated = True
    is_active = True

    @property
    def label(self) -> str:
        return f"{self.identity}@{self.pid}"

    @property
    def pk(self) -> UUID:
        return self.key_pk

    @property
    def is_bridge(self) -> bool:
        return self.persona_class == PersonaClass.BRIDGE

    @property
    def is_sage(self) -> bool:
        return self.duty == PersonaDuty.INTAKE_DESK

    @property
    def is_clara(self) -> bool:
        return self.duty == PersonaDuty.INCIDENT_MANAGER

    def persona(self) -> Persona:
        return Persona.objects.select_related("project").get(pk=self.persona_id)
