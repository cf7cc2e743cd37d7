"""What a report says, without what differs each time: the same fault told twice is the same.

Left out are numbers, identifiers, times, addresses, hosts, the folders of paths and polite words.
One pass over the white-space-separated pieces and patterns of fixed length, so it is linear in the
report, whatever stands in it.
"""

import hashlib
import re
import unicodedata

from incidents.desk.report import Report
from incidents.desk.wording import spans

ANYTHING = "#"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'"})
_MOMENT = re.compile(
    r"\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?"
    r"(?: ?(?:z|utc|[+-]\d\d:?\d\d))?\b"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_SLASHES = re.compile(r"[\\/]+")
_HEXADECIMAL = frozenset("0123456789abcdef")
_DECORATION = "\"'()[]{}<>,;!?."
_MONTHS = frozenset(
    {"jan", "january", "feb", "february", "mar", "march", "apr", "april", "may", "jun", "june",
     "jul", "july", "aug", "august", "sep", "september", "oct", "october", "nov", "november",
     "dec", "december", "am", "pm", "utc", "gmt"}
)  # fmt: skip
# Where files live. Other paths without a suffix are endpoints, and those tell faults apart.
_ROOTS = frozenset(
    {"home", "usr", "opt", "var", "tmp", "app", "srv", "root", "etc", "users", "mnt", "data",
     "private", "workspace", "builds", "~", "."}
)  # fmt: skip
_SALUTATIONS = frozenset({"hi", "hello", "hey", "dear", "greetings", "good"})
_SALUTED = frozenset(
    {"sage", "clara", "team", "all", "there", "morning", "afternoon", "evening", "day", "everyone"}
)
_CLOSINGS = frozenset(
    {"thanks", "thank", "you", "many", "very", "much", "so", "regards", "best", "kind", "cheers",
     "advance", "in", "a", "lot"}
)  # fmt: skip
_CLOSES = frozenset({"thanks", "thank", "regards", "cheers"})


def fingerprint(report: Report) -> str:
    """SHA-256 (lower-case hex) of the normalised text and stack trace; "" where nothing is said.

    Equal for reports that differ only in what this module leaves out.
    """
    trace = report.stack_trace or ""
    prose = report.text.replace(trace, "\n", 1) if trace else report.text
    said, raised = normal_form(prose), normal_form(trace)
    if not said and not raised:
        return ""
    return hashlib.sha256(f"{said}\n{raised}".encode("utf-8", "surrogatepass")).hexdigest()


def normal_form(text: str) -> str:
    """The words that count, in order, parted by one space; "" for polite words alone."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    folded = _MOMENT.sub(" 0 ", _UUID.sub(" 0 ", folded))
    words: list[str] = []
    for start, end in spans(folded):
        sentence = [word for piece in folded[start:end].split() for word in _words_of(piece)]
        words += _without_courtesy(sentence)
    return " ".join(_folded(words))


def _words_of(piece: str) -> list[str]:
    if "@" in piece[1:-1] and "." in piece:
        return [ANYTHING]  # an e-mail address, or a name at a host
    bare = piece.strip(_DECORATION)
    if "://" in bare:
        _, _, rest = bare.partition("://")
        bare = _SLASHES.split(rest, maxsplit=1)[-1] if _SLASHES.search(rest) else ""
        return [ANYTHING, *_plain_words(bare)]
    return _plain_words(_without_folders(bare))


def _without_folders(piece: str) -> str:
    """`/home/jade/app/worker.py` is `worker.py`; `/api/v1/signals` stays."""
    parts = _SLASHES.split(piece)
    if len(parts) < 2:
        return piece
    first = next((part for part in parts if part.strip(_DECORATION)), "").strip(_DECORATION)
    of_files = "." in parts[-1].strip(_DECORATION) or "\\" in piece or first in _ROOTS
    return parts[-1] if of_files else piece


def _plain_words(piece: str) -> list[str]:
    return [part for word in _WORD.findall(piece) for part in _parts_of(word)]


def _parts_of(word: str) -> list[str]:
    """`req_01h8x2k9` is `req #`, `prism_signal` stays one word."""
    if not any(char.isdigit() for char in word):
        is_hash = len(word) >= 12 and _HEXADECIMAL.issuperset(word)
        return [ANYTHING] if is_hash else [word]
    return [_part(part) for part in word.split("_") if part]


def _part(part: str) -> str:
    digits = _DIGITS.findall(part)
    if not digits:
        return part
    is_hexadecimal = len(part) >= 4 and _HEXADECIMAL.issuperset(part.removeprefix("0x"))
    is_identifier = len(part) >= 10 and len(digits) >= 2
    if is_hexadecimal or is_identifier:
        return ANYTHING
    return _DIGITS.sub(ANYTHING, part)


def _without_courtesy(words: list[str]) -> list[str]:
    """ "Hi Sage, ..." and "... Thanks!" say nothing of the matter, nor does "please"."""
    start, end = 0, len(words)
    if words and words[0] in _SALUTATIONS:
        start = 1
        while start < end and words[start] in _SALUTED:
            start += 1
    closing = end
    while closing > start and words[closing - 1] in _CLOSINGS:
        closing -= 1
    if _CLOSES.intersection(words[closing:end]):
        end = closing
    return [word for word in words[start:end] if word != "please"]


def _folded(words: list[str]) -> list[str]:
    """Several things left out in a row are one, and a month beside them is part of a date."""
    found: list[str] = []
    for index, word in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else ""
        beside = (found and found[-1] == ANYTHING) or after == ANYTHING
        shown = ANYTHING if word in _MONTHS and beside else word
        if shown != ANYTHING or not found or found[-1] != ANYTHING:
            found.append(shown)
    return found
