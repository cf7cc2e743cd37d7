"""Cut a report's text into blocks: prose paragraphs, stack traces, reproduction steps."""

from dataclasses import dataclass
from itertools import groupby

from incidents.desk.facts import environment_line
from incidents.desk.fences import find_fences
from incidents.desk.report import Report
from incidents.desk.steps import is_steps_heading
from incidents.desk.traces import find_traces

PROSE, TRACE, STEPS, BLANK, KNOWN = "prose", "trace", "steps", "blank", "known"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines of one kind, word for word; `language` is the trace's own fence's."""

    kind: str
    text: str
    language: str = "text"


def cut_blocks(report: Report) -> list[Block]:
    """The blocks in the order of the text.

    Lines that the environment snapshot shows, and the fences around a trace, are left out: they
    stand in the sections without them. Every other line that is not blank is in one block.
    """
    lines = report.text.split("\n")
    kinds = _kinds(report, lines)
    languages = _open_fenced_traces(kinds, lines)
    blocks = []
    for kind, numbers in groupby(range(len(lines)), key=kinds.__getitem__):
        if kind not in (BLANK, KNOWN):
            block = list(numbers)
            text = "\n".join(lines[number] for number in block)
            blocks.append(Block(kind, text, languages.get(block[0], "text")))
    return blocks


def _kinds(report: Report, lines: list[str]) -> list[str]:
    kinds = [PROSE if line.strip() else BLANK for line in lines]
    shown = {environment_line(name, value) for name, value in report.environment.items()}
    if report.install_type != "unknown":
        shown.add(environment_line("install_type", report.install_type))
    if report.git_rev:
        shown.add(environment_line("git_rev", report.git_rev))
    for index, line in enumerate(lines):
        if line.strip() in shown:
            kinds[index] = KNOWN
        elif is_steps_heading(line):
            kinds[index] = STEPS
    _mark(kinds, report, report.reproduction, STEPS)
    _mark(kinds, report, report.stack_trace, TRACE)
    for trace in find_traces(lines):
        for index in range(trace.start, trace.end):
            if kinds[index] != STEPS:
                kinds[index] = TRACE
    return kinds


def _mark(kinds: list[str], report: Report, part: str | None, kind: str) -> None:
    """Mark the lines where a part of the report stands as a whole, blank ones included."""
    if not part or not part.strip():
        return
    text = "\n" + report.text + "\n"
    at = text.find("\n" + part + "\n")
    if at < 0:
        return
    first = text.count("\n", 0, at)
    for index in range(first, first + part.count("\n") + 1):
        kinds[index] = kind


def _open_fenced_traces(kinds: list[str], lines: list[str]) -> dict[int, str]:
    """Take the fences off code blocks that hold a trace; the trace's block brings its own.

    Gives the language named at the fence for the first line of each such block.
    """
    languages: dict[int, str] = {}
    for opening, closing, language in find_fences(lines):
        inside = range(opening + 1, closing)
        around = (opening, closing) if closing < len(lines) else (opening,)
        if not any(kinds[index] == TRACE for index in inside):
            continue
        if any(kinds[index] == STEPS for index in (*inside, *around)):
            continue
        for index in inside:
            kinds[index] = TRACE
        for index in around:
            kinds[index] = KNOWN
        languages[opening + 1] = language or "text"
    return languages
