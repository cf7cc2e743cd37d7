"""A title for a report: its first line that says something."""

import re

from incidents.desk.traces import Trace
from incidents.desk.wording import read_sentence

MAX_TITLE_CHARS = 120
NO_TITLE = "Report without text"
_HEADING_ONLY = frozenset(
    {"summary", "description", "report", "title", "bug report", "details", "problem", "steps",
     "steps to reproduce", "issue", "what happened", "environment"}
)  # fmt: skip
_MARKS = re.compile(r"^[\s#>*•=_~|`-]{1,40}")
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good morning)(?: (?:sage|clara|team|there|all))?[,!.:] {0,3}",
    re.IGNORECASE,
)


def title_of(lines: list[str], traces: list[Trace]) -> str:
    """One line of 1 to 120 characters; a trace is named by its exception, not its head."""
    heads = {trace.start: trace for trace in traces}
    fallback, index = "", 0
    while index < len(lines):
        if index in heads:
            trace = heads[index]
            last = trace.end - 1 if trace.language == "Python" else trace.start
            said = _clean(lines[last])
            index = trace.end
        else:
            said = _clean(lines[index])
            index += 1
        if said and _says_something(said):
            return _cut(said)
        fallback = fallback or said
    return _cut(fallback) or NO_TITLE


def _clean(line: str) -> str:
    """Without list and heading marks, control characters, and the greeting before the matter."""
    # A title is cut to 120 characters anyway; reading on would cost time for nothing.
    head = _MARKS.sub("", line[:2000])
    shown = "".join(char if char.isprintable() else " " for char in head)
    plain = " ".join(shown.split()).strip("*`_ ")
    greeting = _GREETING.match(plain)
    return plain[greeting.end() :] if greeting and greeting.end() < len(plain) else plain


def _says_something(line: str) -> bool:
    if line.rstrip(": ").lower() in _HEADING_ONLY:
        return False
    sentence = read_sentence(line)
    return bool(sentence.words) and not sentence.greeting


def _cut(line: str) -> str:
    if len(line) <= MAX_TITLE_CHARS:
        return line
    head = line[: MAX_TITLE_CHARS - 1]
    whole_words = head.rsplit(" ", 1)[0]
    return (whole_words if len(whole_words) > MAX_TITLE_CHARS // 2 else head).rstrip(" ,;:") + "…"
