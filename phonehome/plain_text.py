"""Text of a report made fit to stand in an issue: no control characters, no reference of another
packet, no heading that passes for one of ours, no more than fits."""

import re

# https://ecma-international.org/publications-and-standards/standards/ecma-48/ control sequences.
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_REFERENCE = re.compile(r"prism-care:packet:", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"^( {0,3})#{1,3}(?=[ \t]|$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+)[ \t]*$")
_HTML_HEADING = re.compile(r"<(?=/?h[1-6])", re.IGNORECASE)
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)}
_VISIBLE = _PICTURES | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def printable(text: str) -> str:
    """Colours go, other control characters become visible, and a reference line of a packet is
    defused: it would be found as that packet's issue."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub("prism-care packet ", _ANSI.sub("", unified).translate(_VISIBLE))


def contained(text: str) -> str:
    """`text` with its headings below our own: a report may not open a section of the issue."""
    lines, fence, previous = [], "", ""
    for line in text.split("\n"):
        fence, inside = fence_after(line, fence), bool(fence)
        if not inside and not fence:
            line = _HTML_HEADING.sub("&lt;", _ATX.sub(r"\1####", line))
            if previous.strip() and _UNDERLINE.match(line):
                line = "\\" + line.lstrip()
        lines.append(line)
        previous = line
    return "\n".join(lines)


def cut_to(text: str, characters: int) -> str:
    """At most about `characters` of `text`; a cut says so and closes an open code block."""
    if len(text) <= characters:
        return text
    kept = text[: max(0, characters)]
    fence = ""
    for line in kept.split("\n"):
        fence = fence_after(line, fence)
    closed = f"{kept}\n{fence}" if fence else kept
    left = len(text) - len(kept)
    return f"{closed}\n\n[Cut here: {left} more characters stay with the local incident.]"


def fence_after(line: str, fence: str) -> str:
    """The fence that is open after `line`; empty when none is."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    run = match.group(1)
    if not fence:
        return run
    closes = run[0] == fence[0] and len(run) >= len(fence) and not line.strip().strip(run[0])
    return "" if closes else fence
