"""What differs between two revisions of a packet."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from kernel.visible import reveal
from phonehome.models import PacketRevision

CONTEXT_LINES = 3
# Comparing is quadratic at worst; beyond this the middle is shown as replaced.
LINES_COMPARED = 1_500

SAME, OUT, IN, GAP = "same", "out", "in", "gap"


@dataclass(frozen=True)
class Change:
    """One line: `kind` is same, out, in or gap (lines left out)."""

    kind: str
    text: str

    @property
    def sign(self) -> str:
        return {OUT: "−", IN: "+"}.get(self.kind, "")


@dataclass(frozen=True)
class FieldChange:
    name: str
    lines: list[Change]


def changes_between(old: PacketRevision, new: PacketRevision) -> list[FieldChange]:
    """Every field that would leave and differs; empty when nothing does."""
    pairs = [
        (
            "Repository",
            f"{old.repo} ({old.repo_visibility})",
            f"{new.repo} ({new.repo_visibility})",
        ),
        ("Title", old.title, new.title),
        ("Labels", "\n".join(old.labels), "\n".join(new.labels)),
        ("Body", old.body_markdown, new.body_markdown),
    ]
    return [
        FieldChange(name, line_changes(before, after))
        for name, before, after in pairs
        if before != after
    ]


def line_changes(before: str, after: str) -> list[Change]:
    """A line diff with a little context; hidden characters are made visible."""
    old, new = reveal_lines(before), reveal_lines(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    changes = [Change(SAME, line) for line in old[:head]]
    changes += _middle(middle_old, middle_new)
    changes += [Change(SAME, line) for line in old[len(old) - tail :]]
    return list(_folded(changes))


def reveal_lines(text: str) -> list[str]:
    return [reveal(line) for line in text.split("\n")]


def _common(old: list[str], new: list[str]) -> int:
    count = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            break
        count += 1
    return count


def _middle(old: list[str], new: list[str]) -> list[Change]:
    if max(len(old), len(new)) > LINES_COMPARED:
        return [*(Change(OUT, line) for line in old), *(Change(IN, line) for line in new)]
    changes: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            changes += [Change(SAME, line) for line in old[a:b]]
        else:
            changes += [Change(OUT, line) for line in old[a:b]]
            changes += [Change(IN, line) for line in new[c:d]]
    return changes


def _folded(changes: list[Change]) -> Iterator[Change]:
    """Runs of unchanged lines, cut to what stands near a change."""
    near = [False] * len(changes)
    for at, change in enumerate(changes):
        if change.kind != SAME:
            for index in range(max(0, at - CONTEXT_LINES), min(len(near), at + CONTEXT_LINES + 1)):
                near[index] = True
    left_out = 0
    for change, shown in zip(changes, near, strict=True):
        if shown:
            if left_out:
                yield Change(GAP, f"{left_out} unchanged line{'s' if left_out > 1 else ''}")
                left_out = 0
            yield change
        else:
            left_out += 1
    if left_out:
        yield Change(GAP, f"{left_out} unchanged line{'s' if left_out > 1 else ''}")
