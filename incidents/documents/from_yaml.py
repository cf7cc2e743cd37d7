"""YAML read event by event, so that a bomb is met before it unfolds.

Anchors, aliases and tags are refused where they stand; nothing is constructed but text, null,
sequences and mappings.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from incidents.documents.nodes import MAX_DEPTH, Document, Path, Unreadable

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = yaml.resolver.Resolver()
_PREFIX = "tag:yaml.org,2002:"
# What plain text may stand for. A date is text here: the field's own form judges it.
_TEXTS = {f"{_PREFIX}{kind}" for kind in ("str", "timestamp", "merge", "value")}


class _Reader:
    """Where the next value goes: the path of the open collections and the key that waits."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: list[tuple[Path, str]] = []  # path, "list" or "dict"
        self.key: list[str | None] = []
        self.key_line = 1

    def path(self) -> Path:
        if not self.open:
            return ()
        path, kind = self.open[-1]
        if kind == "dict":
            return (*path, self.key[-1] or "")
        return (*path, self._length(path))

    def _length(self, path: Path) -> int:
        value = self.document.value
        for step in path:
            value = value[step]
        return len(value)

    def awaits_key(self) -> bool:
        return bool(self.open) and self.open[-1][1] == "dict" and self.key[-1] is None

    def collection(self, kind: str, line: int) -> None:
        if self.awaits_key():
            raise Unreadable(line, "A key must be text.", self.open[-1][0])
        path = self.path()
        if len(self.open) >= MAX_DEPTH:
            raise Unreadable(line, f"Nested deeper than {MAX_DEPTH} levels.", path[:2])
        self.document.put(path, [] if kind == "list" else {}, self._line(line))
        self._settle()
        self.open.append((path, kind))
        self.key.append(None)

    def end(self) -> None:
        self.open.pop()
        self.key.pop()

    def scalar(self, value: Any, line: int) -> None:
        if self.awaits_key():
            if not isinstance(value, str):
                raise Unreadable(line, "A key must be text.", self.open[-1][0])
            self.key[-1], self.key_line = value, line
            return
        self.document.put(self.path(), value, self._line(line))
        self._settle()

    def _line(self, line: int) -> int:
        """A value under a key is where its key is."""
        return self.key_line if self.open and self.open[-1][1] == "dict" else line

    def _settle(self) -> None:
        if self.open and self.open[-1][1] == "dict":
            self.key[-1] = None


def read_yaml(text: str) -> Iterator[Document]:
    """The documents of a file in their order. Raises Unreadable at the first place that is not
    YAML, or not of the part of YAML that is taken."""
    reader = _Reader(Document(1))
    try:
        for event in _events(text):
            line = event.start_mark.line + 1
            match event:
                case yaml.DocumentStartEvent():
                    if event.tags:
                        raise Unreadable(line, "Tags are not taken.")
                    reader = _Reader(Document(line))
                case yaml.DocumentEndEvent():
                    yield reader.document
                case yaml.AliasEvent():
                    raise Unreadable(line, "Aliases are not taken.", _here(reader))
                case yaml.ScalarEvent():
                    _refuse_marks(event, line, reader)
                    reader.scalar(_scalar(event), line)
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    _refuse_marks(event, line, reader)
                    kind = "list" if isinstance(event, yaml.SequenceStartEvent) else "dict"
                    if not reader.open:
                        reader.document.line = line
                    reader.collection(kind, line)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    reader.end()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "the parser stopped"
        line = mark.line + 1 if mark else 1
        raise Unreadable(line, f"This is not YAML: {problem}.", _here(reader)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(line, "This is not YAML: a character that YAML does not take.") from None


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=_LOADER)


def _here(reader: _Reader) -> Path:
    return reader.open[-1][0] if reader.awaits_key() else reader.path()


def _refuse_marks(event: Any, line: int, reader: _Reader) -> None:
    if event.anchor is not None:
        raise Unreadable(line, "Anchors are not taken.", _here(reader))
    if event.tag is not None:
        raise Unreadable(line, "Tags are not taken.", _here(reader))


def _scalar(event: Any) -> Any:
    """Text, None, or for anything else False: a value of a kind that no field takes."""
    if not event.implicit[0]:
        return event.value  # quoted, or a block
    tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))
    if tag in _TEXTS:
        return event.value
    return None if tag == f"{_PREFIX}null" else False
