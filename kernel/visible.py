"""Characters that people do not see, made visible: for the console and for terminals."""

import re
import unicodedata

# Control and format characters (bidi, zero-width, tags), blanks other than the plain space, line
# separators, variation selectors, fillers that look like nothing, private use and surrogates.
# Tab and line feed are the two that a Markdown text needs.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000"
    "\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_RUN = re.compile(rf"({HIDDEN.pattern})\1*")
_CONTROL_NAMES = {
    0x00: "NULL",
    0x08: "BACKSPACE",
    0x0B: "LINE TABULATION",
    0x0C: "FORM FEED",
    0x0D: "CARRIAGE RETURN",
    0x1B: "ESCAPE",
    0x7F: "DELETE",
}


def name_of(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`; `U+E0041 TAG LATIN CAPITAL LETTER A`."""
    number = ord(character)
    name = unicodedata.name(character, "") or _CONTROL_NAMES.get(number, "")
    return f"U+{number:04X} {name}".rstrip()


def split_hidden(text: str) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is a run of one hidden character."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _RUN.finditer(text):
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        pieces.append((match[0], True))
        at = match.end()
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def shown_run(run: str) -> str:
    """`U+200B`, or `U+200B×12` for a run of the same."""
    code = f"U+{ord(run[0]):04X}"
    return code if len(run) == 1 else f"{code}×{len(run)}"


def reveal(text: str) -> str:
    """`text` with every hidden character as `<U+202E>`, safe to write to a terminal."""
    return "".join(
        f"<{shown_run(piece)}>" if hidden else piece for piece, hidden in split_hidden(text)
    )
