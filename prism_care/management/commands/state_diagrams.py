from collections.abc import Iterable

from django.apps import apps
from django.db.models import Field, Model
from django_fsm import FSMField, Transition

from bridge.models import Signal
from incidents.models import CorrectiveAction, Intake, Postmortem, TriageTier
from phonehome.models import Attempt, PhoneHomeRecord, Shipment
from phonehome.states import NEEDS_APPROVAL
from prism_care.management.documents import DocumentCommand, cell, head

_INTRODUCTION = """
The machines are `django_fsm` fields; only services call their transitions. For packets the database
refuses every other change of status as well, and a state drawn with a heavy border without an
approval of exactly the current revision:
[decision 0002](decisions/0002-the-gate-is-a-database-trigger.md).
"""
_PLAIN = """
## Rows with plain states

These have no machine of their own: one service moves each, under a lock.

| row | field | states, first to last |
|---|---|---|
"""
_GATED: dict[type[Model], tuple[str, ...]] = {PhoneHomeRecord: NEEDS_APPROVAL}
_WITHOUT_MACHINE = (
    (Signal, "status"),
    (Intake, "status"),
    (TriageTier, "state"),
    (CorrectiveAction, "state"),
    (Postmortem, "status"),
    (Shipment, "state"),
    (Attempt, "phase"),
    (Attempt, "outcome"),
)


class Command(DocumentCommand):
    help = "Write docs/states.md, Mermaid diagrams included, from the state machines."
    document = "docs/states.md"

    def render(self) -> str:
        machines = (_machine(model, field) for model, field in _fields())
        return head("States", "state_diagrams") + _INTRODUCTION + "".join(machines) + _plain()


def _fields() -> Iterable[tuple[type[Model], FSMField]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FSMField):
                yield model, field


def _machine(model: type[Model], field: FSMField) -> str:
    moves = sorted(
        field.get_all_transitions(model), key=lambda one: (_at(field, _text(one.source)), one.name)
    )
    title = str(model._meta.verbose_name).capitalize()
    return (
        f"\n## {title}: `{field.name}`\n\n{_diagram(model, field, moves)}\n{_table(field, moves)}"
    )


def _diagram(model: type[Model], field: FSMField, moves: list[Transition]) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_text(field.default)}"]
    lines += [f"    {one.source} --> {_text(one.target)}: {_words(one)}" for one in moves]
    sources = {one.source for one in moves}
    lines += [f"    {value} --> [*]" for value, _ in field.flatchoices if value not in sources]
    if gated := _GATED.get(model):
        lines += ["    classDef gated stroke-width:3px"]
        lines += [f"    class {','.join(_text(state) for state in gated)} gated"]
    return "\n".join([*lines, "```", ""])


def _table(field: FSMField, moves: list[Transition]) -> str:
    lines = ["| from | to | by | when |", "|---|---|---|---|"]
    lines += [
        f"| `{one.source}` | `{_text(one.target)}` | {_words(one)} | {_when(one)} |"
        for one in moves
    ]
    return "\n".join(lines) + "\n"


def _plain() -> str:
    return _PLAIN + "".join(
        f"| {_named(model)} | `{name}` | {_choices(model, name)} |\n"
        for model, name in _WITHOUT_MACHINE
    )


def _choices(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return ", ".join(f"`{value}`" for value, _ in field.flatchoices if value)


def _named(model: type[Model]) -> str:
    return str(model._meta.verbose_name)


def _at(field: FSMField, state: str) -> int:
    return [value for value, _ in field.flatchoices].index(state)


def _words(one: Transition) -> str:
    return str(one.name).replace("_", " ")


def _when(one: Transition) -> str:
    return cell((one.method.__doc__ or "").partition("\n\n")[0])


def _text(state: object) -> str:
    """The stored value: a member of TextChoices prints as one, whatever Python's version."""
    return str(getattr(state, "value", state))
