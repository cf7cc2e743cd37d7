"""What an incident needs before it moves on (seed 002 §9), as a rule without a database.

The refusal, the checklist and the console's page all say what this says.
"""

from dataclasses import dataclass, field

from incidents.states import LINKED, IncidentStatus

# A case goes through these, one after the other; `triaging` is where a reopened one goes back to.
ORDER = (
    IncidentStatus.TRIAGED,
    IncidentStatus.CONTAINED,
    IncidentStatus.RESOLVED,
    IncidentStatus.CLOSED,
)
MOVES = (*ORDER[1:], IncidentStatus.TRIAGING)


@dataclass(frozen=True)
class Missing:
    """One thing that is not there: a stable name, a sentence, and how to get it."""

    name: str
    sentence: str
    how: str

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "sentence": self.sentence, "how": self.how}


@dataclass(frozen=True)
class Standing:
    """What the conditions look at (gathered by `incidents.standing`).

    `unlinked` names the linking ids that are neither known nor marked unknown; corrective actions
    count unless they are dropped; `waived` is an operator's signature since the last reopening;
    `alive` names the paths that were retired once and whose plans are open again.
    """

    status: str
    containment_actions: int = 0
    unlinked: tuple[str, ...] = ()
    corrective_actions: int = 0
    waived: bool = False
    alive: tuple[str, ...] = ()
    blockers: tuple[Missing, ...] = field(default=())


def missing_for(to: str, standing: Standing) -> tuple[Missing, ...]:
    """Everything that keeps an incident from moving to `to`; empty when it may.

    The whole way is looked at: who wants to close a triaged case is told what containing it
    needs, too.
    """
    if to == IncidentStatus.TRIAGING:
        return _missing_for_reopening(standing)
    if standing.status == IncidentStatus.WITHDRAWN:
        return (_order("It is withdrawn.", "Nothing: a withdrawn case has ended."),)
    here = ORDER.index(IncidentStatus(standing.status)) if standing.status in ORDER else -1
    there = ORDER.index(IncidentStatus(to))
    if here >= there:
        return (_order(f"It is {standing.status} already.", "Read the incident as it is now."),)
    missing: list[Missing] = []
    if here < 0:
        how = "Complete the five tiers in order."
        missing.append(Missing("triaged", "Its triage is not complete.", how))
    for step in ORDER[max(here, 0) + 1 : there]:
        missing.append(Missing(step.value, f"It is not {step.value} yet.", f"Move it to {step}."))
    if here < ORDER.index(IncidentStatus.CONTAINED):
        missing += missing_containment(standing)
    if to == IncidentStatus.CLOSED:
        missing += missing_lesson(standing)
        missing += missing_retirement(standing)
        missing += standing.blockers
    return tuple(missing)


def missing_containment(standing: Standing) -> list[Missing]:
    """A containment action, and each linking id or the reason why nobody knows it."""
    missing = []
    if not standing.containment_actions:
        missing.append(
            Missing(
                "containment_action",
                "No containment action is recorded.",
                "POST what was done to /containment-actions of the incident.",
            )
        )
    return missing + missing_links(standing)


def missing_links(standing: Standing) -> list[Missing]:
    return [
        Missing(
            name,
            f"{name} is neither known nor marked unknown.",
            f'PATCH the incident: {{"{name}": "…"}} or {{"{name}": {{"unknown": "the reason"}}}}.',
        )
        for name in standing.unlinked
    ]


def missing_lesson(standing: Standing) -> list[Missing]:
    """A corrective action that is not dropped, or a waiver."""
    if standing.corrective_actions or standing.waived:
        return []
    return [
        Missing(
            "corrective_action",
            "The postmortem is not linked to a corrective action, and no operator waived it.",
            "POST one to /postmortem/corrective-actions, or ask an operator for a waiver.",
        )
    ]


def missing_retirement(standing: Standing) -> list[Missing]:
    """A path that was called retired and is alive; neither another lesson nor a waiver ends it
    (seed 002 §10)."""
    if not standing.alive:
        return []
    return [
        Missing(
            "retired_path_alive",
            f"{', '.join(standing.alive)}: retired once, and alive again; the plan is open.",
            'PATCH the plan: {"state": "done"} once the path is gone, or {"state": "dropped"} with '
            "a note that says why it stays.",
        )
    ]


def _missing_for_reopening(standing: Standing) -> tuple[Missing, ...]:
    if standing.status in LINKED:
        return ()
    text = f"Only what was contained, resolved or closed is reopened; it is {standing.status}."
    return (_order(text, "Go on with the triage as it stands."),)


def _order(sentence: str, how: str) -> Missing:
    return Missing("order", sentence, how)
