"""What happens to a triaged case upstairs, without importing upstairs.

`phonehome` registers here; the calls run in the transaction that completed tier 5, reopened the
triage or moves the case to its end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from incidents.conditions import Missing
from incidents.models import Incident
from kernel.principals import Principal

_on_triaged: list[Callable[[Incident], None]] = []
_on_reopened: list[Callable[[Incident, Principal], None]] = []
_closing_conditions: list[Callable[[Incident], Missing | None]] = []


_case_panels: dict[str, Callable[[Incident], "CasePanel | None"]] = {}


@dataclass(frozen=True)
class CasePanel:
    """A part of the case page: its heading, the template that shows it and what that needs."""

    title: str
    template: str
    context: dict[str, Any]


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


def register_closing_condition(condition: Callable[[Incident], Missing | None]) -> None:
    """Ask `condition` what upstairs still keeps a case from closing; None when nothing does."""
    if condition not in _closing_conditions:
        _closing_conditions.append(condition)


def closing_conditions(incident: Incident) -> tuple[Missing, ...]:
    found = (condition(incident) for condition in _closing_conditions)
    return tuple(missing for missing in found if missing is not None)


def register_case_panel(name: str, panel: Callable[[Incident], CasePanel | None]) -> None:
    """Show on every case page what an app upstairs has about the case; None shows nothing."""
    _case_panels[name] = panel


def case_panels(incident: Incident) -> list[tuple[str, CasePanel]]:
    """Name and panel, in the order of registration."""
    found = ((name, panel(incident)) for name, panel in _case_panels.items())
    return [(name, panel) for name, panel in found if panel is not None]
