"""What a report says, without what differs each time: the same fault told twice is the same.

Left out are counters, identifiers, times, addresses, hosts, line numbers, the folders of paths and
polite words. A number that names a thing stays: the status 404, tier 3, SPEC-114, utf8. One pass
over the white-space-separated pieces and patterns of fixed length, so it is linear in the report,
whatever stands in it.
"""

import hashlib
import re
import unicodedata
from http import HTTPStatus

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
_NUMBER = re.compile(r"[0-9]{1,4}")
# `utf8`, `SPEC-114`; a leading zero is the mark of an identifier.
_NUMBERED = re.compile(r"([a-z]+)-?([1-9][0-9]{0,2})")
_ASSIGNED = re.compile(r"([a-z]{2,}(?:_[a-z]+)?)[=:]([0-9]{1,4})")
_LEFT_OUT = " 00 "
_HEXADECIMAL = frozenset("0123456789abcdef")
_DECORATION = "\"'()[]{}<>,;!?."
_AROUND_A_NUMBER = _DECORATION + ":="
_MONTHS = frozenset(
    {"jan", "january", "feb", "february", "mar", "march", "apr", "april", "may", "jun", "june",
     "jul", "july", "aug", "august", "sep", "september", "oct", "october", "nov", "november",
     "dec", "december", "am", "pm", "utc", "gmt"}
)  # fmt: skip
# Every status of HTTP that reports a failure, and the registered ones below.
_STATUSES = frozenset({str(status.value) for status in HTTPStatus} | {*map(str, range(400, 600))})
# A short number after one of these says which thing is meant, not how many.
_NAMED_BY_NUMBER = frozenset(
    {"tier", "step", "stage", "phase", "level", "layer", "rule", "section", "chapter", "option",
     "mode", "schema", "gate", "severity", "sev", "priority", "python", "django", "java",
     "php", "ruby", "postgres", "postgresql", "redis", "tls", "ipv", "utf", "signal", "part"}
)  # fmt: skip
_CODED_BY_NUMBER = frozenset({"code", "errno", "error", "http", "status", "spec", "rfc", "sha"})
# One of many alike: its number is another each time, attached or apart.
_ONE_OF_MANY = frozenset(
    {"attempt", "batch", "build", "case", "celery", "client", "connection", "container", "db",
     "file", "forkpoolworker", "goroutine", "host", "id", "inc", "instance", "item", "iteration",
     "job", "line", "message", "msg", "no", "node", "nr", "number", "order", "page", "pid", "pod",
     "port", "proc", "process", "record", "replica", "report", "req", "request", "retry", "row",
     "run", "server", "session", "shard", "signal", "spawnpoolworker", "task", "thread", "ticket",
     "tmp", "todo", "try", "user", "web", "worker"}
)  # fmt: skip
_BEFORE_A_COUNT = frozenset({"after", "took", "for", "within", "every", "all", "than", "about"})
_COUNTED = frozenset(
    {"ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h",
     "hour", "hours", "day", "days", "times", "tries", "attempts", "retries", "rows", "records",
     "lines", "bytes", "kb", "mb", "gb", "kib", "mib", "gib", "requests", "calls", "signals",
     "reports", "messages", "users", "agents", "items", "entries", "files", "workers",
     "connections", "percent", "tokens", "characters", "todos", "incidents", "x"}
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
    folded = _MOMENT.sub(_LEFT_OUT, _UUID.sub(_LEFT_OUT, folded))
    words: list[str] = []
    for start, end in spans(folded):
        words += _without_courtesy(_words_in(_pieces(folded[start:end])))
    form = " ".join(_folded(words))
    return "" if form == ANYTHING else form


def _pieces(sentence: str) -> list[str]:
    """What white space parts; `code=137` is two."""
    found: list[str] = []
    for piece in sentence.split():
        assigned = _ASSIGNED.fullmatch(piece.strip(_DECORATION))
        found += assigned.groups() if assigned else [piece]
    return found


def _words_in(pieces: list[str]) -> list[str]:
    words: list[str] = []
    for index, piece in enumerate(pieces):
        bare = piece.strip(_AROUND_A_NUMBER)
        if _NUMBER.fullmatch(bare):
            after = pieces[index + 1].strip(_AROUND_A_NUMBER) if index + 1 < len(pieces) else ""
            names = _names_a_thing(bare, before=words[-1] if words else "", after=after)
            words.append(bare if names else ANYTHING)
        else:
            words += _words_of(piece)
    return words


def _names_a_thing(number: str, *, before: str, after: str) -> bool:
    noun = before.rpartition("_")[2]
    if after in _COUNTED or (number != "0" and number.startswith("0")):
        return False
    if noun in _NAMED_BY_NUMBER:
        return len(number) <= 2
    if noun in _CODED_BY_NUMBER:
        return after != "of"
    is_count = after == "of" or noun in _BEFORE_A_COUNT or noun in _ONE_OF_MANY
    return number in _STATUSES and not is_count


def _words_of(piece: str) -> list[str]:
    if "@" in piece[1:-1] and "." in piece:
        return [ANYTHING]  # an e-mail address, or a name at a host
    bare = piece.strip(_DECORATION)
    if numbered := _numbered(bare.rstrip(":")):
        return numbered
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
    return _numbered(word) or [_part(part) for part in word.split("_") if part]


def _numbered(word: str) -> list[str]:
    """`utf8` and `utf-8` are `utf 8`; empty for anything else."""
    match = _NUMBERED.fullmatch(word)
    if match is None or match[1] in _ONE_OF_MANY or match[1] in _MONTHS:
        return []
    return [] if _is_hexadecimal(word) else list(match.groups())


def _part(part: str) -> str:
    digits = _DIGITS.findall(part)
    if not digits:
        return part
    is_identifier = len(part) >= 10 and len(digits) >= 2
    if _is_hexadecimal(part) or is_identifier:
        return ANYTHING
    return _DIGITS.sub(ANYTHING, part)


def _is_hexadecimal(part: str) -> bool:
    return len(part) >= 4 and _HEXADECIMAL.issuperset(part.removeprefix("0x"))


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
