"""What happens to a signal upstairs, without importing upstairs.

`incidents` registers its intake here, and whoever wants to know what was said. All of it runs in
the transaction of the send: if the intake row cannot be written, nothing was sent.
"""

from collections.abc import Callable
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


_on_delivered: list[Callable[[Signal], None]] = []


def on_delivered(listener: Callable[[Signal], None]) -> None:
    """Call `listener` with every signal once it is inserted, and taken in where it is a report."""
    if listener not in _on_delivered:
        _on_delivered.append(listener)


def tell_delivered(signal: Signal) -> None:
    for listener in _on_delivered:
        listener(signal)
