"""Small things that the review page shows."""

from dataclasses import dataclass
from datetime import datetime

from phonehome.carving import NOT_MARKED


@dataclass(frozen=True)
class Size:
    """How much of GitHub's limit a part takes."""

    name: str
    used: int
    limit: int

    @property
    def near(self) -> bool:
        return self.used > self.limit * 9 // 10


@dataclass(frozen=True)
class Kept:
    """A kept kind of value: what the operator ticks, and how often the scan found it."""

    name: str
    found: int

    @property
    def words(self) -> str:
        if self.name == NOT_MARKED:
            return "the case is mixed, and nobody marked what is the customer's"
        return f"{self.found} in the text" if self.found else "declared by the author"


@dataclass(frozen=True)
class Happening:
    """One line of the incident's timeline."""

    recorded_at: datetime
    words: str
    actor: str


@dataclass(frozen=True)
class Place:
    """Where the packet stands in the queue; numbers are 0 when it does not wait."""

    number: int
    total: int
    previous: str
    next: str
