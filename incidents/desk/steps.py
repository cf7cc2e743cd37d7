"""Reproduction steps that stand under a heading of their own inside a report's text."""

import re

_HEADING_WORDS = (
    "steps to reproduce", "how to reproduce", "to reproduce", "reproduction steps", "reproduction",
    "reproducing", "repro steps", "repro", "steps",
)  # fmt: skip
_LIST_ITEM = re.compile(r"\s{0,12}(?:[-*•]|\d{1,3}[.)])\s")
_ANY_HEADING = re.compile(r"#{1,6}\s|[A-Z][A-Za-z ]{2,40}:\s*$")


def is_steps_heading(line: str) -> bool:
    """Whether a line announces the steps: `## Steps to reproduce`, `Repro:`."""
    bare = line.strip().strip("#*_ ").rstrip(": ").strip("*_ ").lower()
    marked = line.rstrip().endswith((":", ":**", ":*")) or line.lstrip().startswith(("#", "**"))
    return marked and bare in _HEADING_WORDS


def find_steps(lines: list[str]) -> str | None:
    """The lines under the first such heading, up to the next heading or the end of the list."""
    start = next((i + 1 for i, line in enumerate(lines) if is_steps_heading(line)), None)
    if start is None:
        return None
    while start < len(lines) and not lines[start].strip():
        start += 1
    end = start
    for index in range(start, len(lines)):
        line = lines[index]
        if _ANY_HEADING.match(line):
            break
        if line.strip():
            parted = end < index and index > start
            if parted and not _LIST_ITEM.match(line) and not line.startswith((" ", "\t")):
                break
            end = index + 1
    text = "\n".join(lines[start:end])
    return text if text.strip() else None
