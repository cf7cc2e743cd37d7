"""Escalation steps as people write them: `reminder 75`, `on_call 150 duty@example.com`."""

import re
from collections.abc import Iterable, Sequence

from incidents.deadlines.policies import Step
from kernel.errors import invalid

_STEP = re.compile(r"([a-z_]+)[\s:]+([0-9]{1,4})(?:[\s:]+(\S+))?\Z")


def read_steps(lines: Iterable[str]) -> list[Step]:
    """One step a line, blank lines skipped. Raises invalid_request naming the line."""
    steps = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _STEP.match(line.strip())
        if found is None:
            raise invalid(steps=f"Line {number}: a kind, a percentage, and perhaps an address.")
        kind, percent, address = found.groups()
        steps.append(Step(kind, int(percent), address or ""))
    return steps


def write_steps(steps: Sequence[Step]) -> list[str]:
    return [f"{step.kind} {step.after_percent} {step.address}".strip() for step in steps]
