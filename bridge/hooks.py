"""What happens to a signal upstairs, without importing upstairs.

`incidents` registers its intake here. Both calls run in the transaction of the send: if the
intake row cannot be written, nothing was sent.
"""

from typing import Protocol
from uuid import UUID

from access.models import Persona
from bridge.models import Signal


class Intake(Protocol):
    """Takes signals in at the desk."""

    def reserve(self, signal: Signal, recipient: Persona) -> UUID | None:
        """The id of the intake this signal will open; None when it opens none."""

    def take_in(self, signal: Signal) -> None:
        """Write the intake row; called after the signal's insert when an id was reserved."""


class NoIntake:
    """Without a desk installed, no signal is an intake."""

    def reserve(self, signal: Signal, recipient: Persona) -> UUID | None:
        return None

    def take_in(self, signal: Signal) -> None:
        return None


_intake: Intake = NoIntake()


def register_intake(intake: Intake) -> None:
    global _intake
    _intake = intake


def intake() -> Intake:
    return _intake
