"""What happens to a triaged case upstairs, without importing upstairs.

`phonehome` registers here; the call runs in the transaction that completed tier 5.
"""

from collections.abc import Callable

from incidents.models import Incident

_on_triaged: list[Callable[[Incident], None]] = []


def on_triaged(listener: Callable[[Incident], None]) -> None:
    if listener not in _on_triaged:
        _on_triaged.append(listener)


def tell_triaged(incident: Incident) -> None:
    for listener in _on_triaged:
        listener(incident)
