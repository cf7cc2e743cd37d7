"""A file of documents: read, and each one checked against its schema (seed 002).

Everything that is wrong is named with its line and field; nothing is half taken.
"""

from collections.abc import Iterator
from typing import Any

from incidents.documents.from_json import read_json
from incidents.documents.from_yaml import read_yaml
from incidents.documents.nodes import (
    MAX_BYTES,
    Document,
    Path,
    Problem,
    Unreadable,
    field_name,
)
from incidents.documents.shape import SCHEMAS, Schema, validator

MAX_PROBLEMS = 100


def read_documents(data: bytes) -> tuple[list[Document], list[Problem]]:
    """The documents of a file of at most 256 KiB and 32 levels, and what is wrong with them, by
    line. A file that begins with `{` or `[` is JSON, any other YAML."""
    if len(data) > MAX_BYTES:
        return [], [Problem(1, "", f"The file is larger than {MAX_BYTES // 1024} KiB.")]
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return [], [Problem(line, "", "The file is not UTF-8 text.")]
    read = read_json if text.lstrip()[:1] in ("{", "[") else read_yaml
    documents: list[Document] = []
    problems: set[Problem] = set()
    try:
        for document in read(text):
            documents.append(document)
            problems.update(form_problems(document))
            if len(problems) >= MAX_PROBLEMS:
                break
    except Unreadable as error:
        problems.add(error.problem)
    if not documents and not problems:
        problems = {Problem(1, "", "The file holds no document.")}
    return documents, sorted(problems)[:MAX_PROBLEMS]


def form_problems(document: Document) -> Iterator[Problem]:
    """Where the document is not what its schema says."""
    value = document.value
    if not isinstance(value, dict):
        yield Problem(document.line, "", "A document is a mapping that begins with its kind.")
        return
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in SCHEMAS:
        kinds = " or ".join(SCHEMAS)
        yield Problem(document.line_of(("kind",)), "kind", f"Must be {kinds}.")
        return
    for error in validator(kind).iter_errors(value):
        yield from _problems(document, SCHEMAS[kind], error)


def _problems(document: Document, schema: Schema, error: Any) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield Problem(document.line_of(path), field_name((*path, name)), "It is missing.")
        return
    if error.validator == "additionalProperties" and not path:
        for name in error.instance:
            if name not in schema["properties"]:
                text = "This key is not known here."
                yield Problem(document.line_of((name,)), field_name((name,)), text)
        return
    fitting = [
        one for one in error.context if tuple(one.absolute_path) != path or one.validator != "type"
    ]
    if fitting:  # of several forms the one whose kind it is says best where
        for one in fitting:
            yield from _problems(document, schema, one)
        return
    property_schema = schema["properties"].get(path[0], schema) if path else schema
    message = str(property_schema["description"])
    if error.instance is False:
        message += (
            " This is a number, a date of its own kind or a yes/no word: write text in quotes."
        )
    yield Problem(document.line_of(path), field_name(path), message)
