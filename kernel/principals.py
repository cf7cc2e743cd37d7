"""Who acts. Every service takes a principal; none reads an identity from a payload."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


class Principal(Protocol):
    """What every acting party has: a kind, a name for people, and the tenant it acts within
    (None: the whole installation)."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def tenant_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class SystemPrincipal:
    """The product itself: the built-in desk, the shipping worker, a seed command."""

    name: str
    tenant_id: UUID | None = None
    kind: str = field(default="system", init=False)

    @property
    def label(self) -> str:
        return f"system:{self.name}"


@dataclass(frozen=True)
class Anonymous:
    """Nobody: a request without a key or a session."""

    tenant_id: UUID | None = None
    kind: str = field(default="anonymous", init=False)
    label: str = field(default="anonymous", init=False)
