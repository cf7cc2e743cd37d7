"""JSON read with the line of every part. `json` itself keeps no positions."""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from incidents.documents.nodes import MAX_DEPTH, Document, Path, Unreadable

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": False, "false": False, "null": None}


def read_json(text: str) -> Iterator[Document]:
    """The one document of a file, or each of a list of documents. Raises Unreadable."""
    reader = _Reader(text)
    if reader.peek() != "[":
        yield reader.document()
    else:
        reader.take("[", ())
        if reader.peek() == "]":
            reader.take("]", ())
        else:
            yield reader.document()
            while reader.peek() == ",":
                reader.take(",", ())
                yield reader.document()
            reader.take("]", ())
    if reader.peek():
        raise reader.unreadable("Something follows the end", ())


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self._counted = 0

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        self.line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self.text[self.at : self.at + 1]

    def take(self, character: str, path: Path) -> None:
        if self.peek() != character:
            raise self.unreadable(f"{character!r} is expected", path)
        self.at += 1

    def unreadable(self, what: str, path: Path) -> Unreadable:
        return Unreadable(self.line, f"This is not JSON: {what}.", path)

    def document(self) -> Document:
        self.peek()
        document = Document(self.line)
        self._value(document, ())
        return document

    def _value(self, document: Document, path: Path, key_line: int = 0) -> None:
        character = self.peek()
        line = key_line or self.line
        if character and character in "{[":
            if len(path) >= MAX_DEPTH:
                raise Unreadable(self.line, f"Nested deeper than {MAX_DEPTH} levels.", path[:2])
            document.put(path, [] if character == "[" else {}, line)
            self.at += 1
            if character == "{":
                self._members(document, path)
            else:
                self._entries(document, path)
            return
        document.put(path, self._scalar(character, path), line)

    def _members(self, document: Document, path: Path) -> None:
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            if self.peek() != '"':
                raise self.unreadable("a key in double quotes is expected", path)
            line, key = self.line, self._string(path)
            self.take(":", path)
            self._value(document, (*path, key), line)
            if self.peek() != ",":
                break
            self.at += 1
        self.take("}", path)

    def _entries(self, document: Document, path: Path) -> None:
        if self.peek() == "]":
            self.at += 1
            return
        number = 0
        while True:
            self._value(document, (*path, number))
            number += 1
            if self.peek() != ",":
                break
            self.at += 1
        self.take("]", path)

    def _scalar(self, character: str, path: Path) -> Any:
        if character == '"':
            return self._string(path)
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise self.unreadable("a value is expected", path)
        self.at = found.end()
        return False  # a kind that no field takes

    def _string(self, path: Path) -> str:
        try:
            value, self.at = scanstring(self.text, self.at + 1, True)
        except json.JSONDecodeError as error:
            line = self.text.count("\n", 0, error.pos) + 1
            raise Unreadable(line, f"This is not JSON: {error.msg}.", path) from None
        return str(value)
