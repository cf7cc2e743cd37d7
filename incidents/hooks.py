"""What happens to a triaged case upstairs, without importing upstairs.

`phonehome` registers here; the calls run in the transaction that completed tier 5, reopened the
triage or ended the case.
"""

from collections.abc import Callable

from incidents.models import Incident
from kernel.principals import Principal

_on_triaged: list[Callable[[Incident], None]] = []
_on_reopened: list[Callable[[Incident, Principal], None]] = []


def on_triaged(listener: Callable[[Incident], None]) -> None:
    if listener not in _on_triaged:
        _on_triaged.append(listener)


def tell_triaged(incident: Incident) -> None:
    for listener in _on_triaged:
        listener(incident)


def on_reopened(listener: Callable[[Incident, Principal], None]) -> None:
    """Call `listener` when a case that was triaged is not any more: its triage was reopened, or it
    was withdrawn. A listener that cannot let it go raises, and nothing changes."""
    if listener not in _on_reopened:
        _on_reopened.append(listener)


def tell_reopened(incident: Incident, by: Principal) -> None:
    for listener in _on_reopened:
        listener(incident, by)
