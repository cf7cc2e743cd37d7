"""What a file holds, with the line of every part; the same for YAML and JSON."""

from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_KEY = 60
# Far beyond what any list of ours takes; what is compared pair by pair stays cheap.
MAX_ENTRIES = 1000

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong where: the line (1 is the first) and the field (`affected_surfaces.2`, empty
    for a whole document)."""

    line: int
    field: str
    message: str

    @property
    def where(self) -> str:
        return f"line {self.line}, {self.field}" if self.field else f"line {self.line}"


class Unreadable(Exception):
    """The file cannot be read on from here."""

    def __init__(self, line: int, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.problem = Problem(line, field_name(path), message)


@dataclass
class Document:
    """One document: `value` in plain Python, `lines` maps the path of each part to its line.

    Numbers and booleans are kept as such only to be refused: no field of ours holds one.
    """

    line: int
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """Of the part, or of the nearest part around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, self.line)

    def put(self, path: Path, value: Any, line: int) -> None:
        """Write `value` where `path` says. Raises Unreadable for a key that is there already and
        for text that no database stores."""
        self.lines[path] = line
        check_text(value, line, path)
        if not path:
            self.value = value
            return
        around = self.value
        for step in path[:-1]:
            around = around[step]
        if len(around) >= MAX_ENTRIES:
            raise Unreadable(line, f"More than {MAX_ENTRIES} entries.", path[:-1])
        if isinstance(around, list):
            around.append(value)
            return
        check_text(path[-1], line, path[:-1])
        if path[-1] in around:
            raise Unreadable(line, "This key stands twice in one mapping.", path)
        around[path[-1]] = value


def check_text(value: Any, line: int, path: Path) -> None:
    """Raises Unreadable for a NUL character or half of a surrogate pair."""
    if isinstance(value, str) and any(
        one == "\x00" or "\ud800" <= one <= "\udfff" for one in value
    ):
        raise Unreadable(line, "Holds a NUL character or half of a surrogate pair.", path)


def field_name(path: Path) -> str:
    """`affected_surfaces.2`: entries are counted from 1. A key that no schema of ours could hold is
    not repeated: a name of a field goes into the ledger, and text of a file does not."""
    return ".".join(str(step + 1) if isinstance(step, int) else _key(step) for step in path)


def _key(key: str) -> str:
    sane = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if sane and len(key) <= MAX_KEY else "?"
