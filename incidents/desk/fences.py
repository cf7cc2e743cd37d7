"""Fenced code blocks: made so that their content cannot close them, found, and closed."""

import re

_BACKTICKS = re.compile("`+")
_OPENER = re.compile(r" {0,3}(`{3,})[ \t]{0,8}([\w+-]{0,24})[ \t]*$")


def fenced(text: str, language: str = "text") -> str:
    """The text in a code block whose fence is longer than any run of backticks inside it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def find_fences(lines: list[str]) -> list[tuple[int, int, str]]:
    """Fenced regions as (opening line, closing line, language); an open end closes after the text.

    See https://spec.commonmark.org/0.31.2/#fenced-code-blocks; fences of tildes are left as they
    are, since no section of ours begins one.
    """
    regions: list[tuple[int, int, str]] = []
    opened: tuple[int, int, str] | None = None
    for index, line in enumerate(lines):
        match = _OPENER.match(line)
        if match is None:
            continue
        if opened is None:
            opened = (index, len(match.group(1)), match.group(2))
        elif len(match.group(1)) >= opened[1] and not match.group(2):
            regions.append((opened[0], index, opened[2]))
            opened = None
    if opened is not None:
        regions.append((opened[0], len(lines), opened[2]))
    return regions


def closed(text: str) -> str:
    """The text with its last fence closed, so that it cannot swallow what follows it in a body."""
    lines = text.split("\n")
    regions = find_fences(lines)
    if not regions or regions[-1][1] < len(lines):
        return text
    opener = lines[regions[-1][0]].strip()
    return text + "\n" + "`" * (len(opener) - len(opener.lstrip("`")))
