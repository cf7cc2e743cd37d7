"""The six questions of seed 002 §11 about one incident, with every "no" explicit."""

from collections.abc import Iterable
from dataclasses import dataclass

from incidents.conditions import (
    MOVES,
    Missing,
    Standing,
    missing_containment,
    missing_for,
    missing_lesson,
    missing_retirement,
)
from incidents.models import CorrectiveAction, Incident, Postmortem, Waiver
from incidents.standing import standing_of, waiver_in_force
from incidents.states import ActionState, CorrectiveKind

_RECOVERED = ("trace_id", "session_id", "bundle_id", "change_id")
_ACTED = ("tool_principal", "approval_id")
# Kinds that carry a lesson into the next rollout or take something out of service.
_GATES = (
    CorrectiveKind.CHANGE,
    CorrectiveKind.BUNDLE,
    CorrectiveKind.POLICY_BUNDLE,
    CorrectiveKind.RETIREMENT_PLAN,
)


@dataclass(frozen=True)
class Answer:
    """One question, answered: what speaks for it, and everything that is missing."""

    number: int
    question: str
    evidence: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def yes(self) -> bool:
        return not self.missing

    @property
    def word(self) -> str:
        return "yes" if self.yes else "no"


@dataclass(frozen=True)
class Move:
    """Where the case could go, and what keeps it from going there."""

    to: str
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Checklist:
    incident_id: str
    status: str
    answers: tuple[Answer, ...]
    moves: tuple[Move, ...]
    waiver: Waiver | None


def checklist_of(incident: Incident) -> Checklist:
    """As the rows are now."""
    standing = standing_of(incident)
    waiver = waiver_in_force(incident)
    postmortem = Postmortem.objects.filter(incident=incident).first()
    actions = (
        [one for one in postmortem.corrective_actions.all() if one.state != ActionState.DROPPED]
        if postmortem
        else []
    )
    return Checklist(
        incident_id=incident.incident_id,
        status=incident.status,
        answers=(
            Answer(
                1,
                "Does the incident have a stable incident_id?",
                (f"{incident.incident_id}, given once and never changed.",),
                (),
            ),
            _known(
                2,
                "Can the team quickly recover trace_id, session_id, bundle_id, and change_id?",
                incident,
                _RECOVERED,
            ),
            _known(
                3,
                "Is it visible which principal and approval path were involved?",
                incident,
                _ACTED,
            ),
            _contained(incident, standing),
            _linked(postmortem, actions, standing, waiver),
            _flows_back(actions),
        ),
        moves=tuple(Move(to.value, missing_for(to, standing)) for to in MOVES),
        waiver=waiver,
    )


def _known(number: int, question: str, incident: Incident, names: Iterable[str]) -> Answer:
    evidence, missing = [], []
    for name in names:
        value, why = getattr(incident, name), incident.unknown.get(name)
        if value:
            evidence.append(f"{name}: {value}")
        elif why:
            how = f'PATCH the incident with {{"{name}": "…"}} once it is known.'
            missing.append(Missing(name, f"{name} is unknown: {why}", how))
        else:
            how = f'PATCH the incident: {{"{name}": "…"}} or {{"{name}": {{"unknown": "why"}}}}.'
            missing.append(Missing(name, f"Nobody has said what {name} is.", how))
    return Answer(number, question, tuple(evidence), tuple(missing))


def _contained(incident: Incident, standing: Standing) -> Answer:
    names = incident.containment_actions.values_list("action", flat=True)
    missing = [one for one in missing_containment(standing) if one.name == "containment_action"]
    question = "Are containment actions recorded?"
    return Answer(4, question, tuple(names), tuple(missing))


def _linked(
    postmortem: Postmortem | None,
    actions: list[CorrectiveAction],
    standing: Standing,
    waiver: Waiver | None,
) -> Answer:
    """A waiver lets a case close; it makes no link."""
    question = "Is there a clear incident -> postmortem -> corrective action link?"
    evidence = [postmortem.postmortem_id] if postmortem else []
    evidence += [f"{one.kind}: {one.ref} ({one.state})" for one in actions]
    missing: list[Missing] = []
    if postmortem is None:
        missing.append(
            Missing(
                "postmortem", "There is no postmortem.", "Complete the triage; tier 5 opens it."
            )
        )
    if waiver is not None and not actions:
        sentence = f"None; waived by {waiver.signed_by}: {waiver.reason}"
        how = "It may close so; a corrective action can still be added."
        missing.append(Missing("corrective_action", sentence, how))
    else:
        missing += missing_lesson(standing)
    missing += missing_retirement(standing)
    return Answer(5, question, tuple(evidence), tuple(missing))


def _flows_back(actions: list[CorrectiveAction]) -> Answer:
    question = "Do incidents flow back into evals, rollout gates, and lifecycle updates?"
    evals = [one for one in actions if one.kind == CorrectiveKind.EVAL_DATASET_UPDATE]
    gates = [one for one in actions if one.kind in _GATES]
    missing = []
    if not evals:
        missing.append(
            Missing(
                "eval_dataset_update",
                "No corrective action takes it into an eval data set.",
                "Export /eval-case and add an eval_dataset_update whose ref is its id.",
            )
        )
    if not gates:
        missing.append(
            Missing(
                "rollout_or_lifecycle",
                "No corrective action takes it into a rollout gate or a lifecycle update.",
                "Add a change, bundle, policy_bundle or retirement_plan.",
            )
        )
    evidence = tuple(f"{one.kind}: {one.ref} ({one.state})" for one in [*evals, *gates])
    return Answer(6, question, evidence, tuple(missing))
