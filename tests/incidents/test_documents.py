"""The documents as text: the seed's hand, and what may be read. No database."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from incidents.documents.emit import as_json, as_yaml
from incidents.documents.nodes import MAX_BYTES
from incidents.documents.published import PUBLISHED
from incidents.documents.read import read_documents
from incidents.documents.shape import SCHEMAS
from kernel.canonical import canonical_json
from tests.incidents.documents import FORMS, SEED_LINK, SEED_RECORD, links, parsed, record, records

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
SEED = pytest.mark.parametrize("text", [SEED_RECORD, SEED_LINK], ids=["record", "link"])


@SEED
def test_the_seeds_examples_come_back_byte_for_byte(text: str) -> None:
    assert as_yaml(parsed(text)) == text


@SEED
def test_and_say_the_same_to_any_other_reader(text: str) -> None:
    """PyYAML makes a datetime of `detected_at`; all the rest is equal."""
    theirs = yaml.safe_load(text)
    if "detected_at" in theirs:
        theirs["detected_at"] = theirs["detected_at"].isoformat().replace("+00:00", "Z")
    assert canonical_json(theirs) == canonical_json(parsed(text))
    assert canonical_json(json.loads(as_json(parsed(text)))) == canonical_json(parsed(text))


class TestSchemas:
    @pytest.mark.parametrize("name", PUBLISHED)
    def test_the_published_file_is_the_one_in_use(self, name: str) -> None:
        """Else: `manage.py document_schemas`."""
        path = ROOT / "docs" / "schemas" / f"{name}.schema.json"
        assert json.loads(path.read_text()) == PUBLISHED[name]
        call_command("document_schemas", ROOT / "docs" / "schemas", check=True)
        Draft202012Validator.check_schema(PUBLISHED[name])

    @pytest.mark.parametrize("name", PUBLISHED)
    def test_anybody_may_read_it(self, name: str) -> None:
        answer = Client().get(f"/api/schemas/{name}.json")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/schema+json"
        assert json.loads(answer.content) == PUBLISHED[name]

    def test_another_name_is_not_found(self) -> None:
        answer = Client().get("/api/schemas/passwords.json")
        assert answer.json()["error"]["code"] == "not_found"

    @SEED
    def test_the_seeds_examples_are_valid(self, text: str) -> None:
        document = parsed(text)
        assert Draft202012Validator(SCHEMAS[document["kind"]]).is_valid(document)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50, deadline=None)
@given(document=st.one_of(records(["data_loss", "other"]), links()))
def test_any_document_is_read_as_it_was_written(form: str, document: dict[str, Any]) -> None:
    text = FORMS[form](document)
    documents, problems = read_documents(text.encode())
    assert problems == []
    (read,) = documents
    assert canonical_json(read.value) == canonical_json(document)
    assert list(read.value) == list(document)
    assert FORMS[form](read.value) == text


@settings(max_examples=50, deadline=None)
@given(document=records(["data_loss", "other"]))
def test_any_other_yaml_reader_reads_the_same_text(document: dict[str, Any]) -> None:
    """What stands plain is not taken for a number, a date or a yes."""
    theirs = yaml.load(as_yaml(document), Loader=yaml.BaseLoader)
    safe = yaml.safe_load(as_yaml({**document, "detected_at": "soon"}))
    for name, value in document.items():
        if name != "detected_at" and value is not None:
            assert theirs[name] == value == safe[name], name
    assert theirs["detected_at"] == document["detected_at"]


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    _, problems = read_documents(data)
    assert problems
    assert all(one.line >= 1 and one.message for one in problems)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_garbled_example_is_read_or_refused_with_its_line(data: st.DataObject) -> None:
    lines = SEED_RECORD.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    piece = data.draw(st.text(alphabet="{}[]:&*!|>'\"%@`#-? \t,abc\x07", max_size=6))
    cut = data.draw(st.integers(0, len(lines[at])))
    lines[at] = lines[at][:cut] + piece + lines[at][cut:]
    documents, problems = read_documents("\n".join(lines).encode())
    if not problems:
        (document,) = documents
        assert parsed(as_yaml(document.value)) == document.value
    assert all(1 <= one.line <= len(lines) + 1 for one in problems)


BOMBS = {
    "nested sequences": b"[" * 200_000,
    "nested blocks": b"- " * 100_000,
    "nested mappings": b"{a: " * 60_000,
    "nested json": b'{"a":' * 50_000,
    "billion laughs": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"\n".join(b"%c: &%c [*%c,*%c,*%c]" % (c + 1, c + 1, c, c, c) for c in range(97, 120)),
    "a loop": b"a: &a [*a]",
    "many entries": b"affected_surfaces: [" + b"{}," * 60_000 + b"]",
    "many documents": b"--- a\n" * 40_000,
    "an endless string": b"title: '" + b"x" * 250_000,
    "an object": b"title: !!python/object/apply:os.system [id]",
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_it_unfolds(data: bytes) -> None:
    began = time.process_time()
    _, problems = read_documents(data)
    assert problems
    assert time.process_time() - began < 3


def test_what_is_too_large_is_not_read() -> None:
    _, (problem,) = read_documents(b"#" * (MAX_BYTES + 1))
    assert "256 KiB" in problem.message
    _, (other,) = read_documents(b"#" * MAX_BYTES)
    assert "no document" in other.message


def test_json_takes_surrogate_pairs_and_tabs_as_json_does() -> None:
    text = as_json(record(title="\U0001f600 lost")).replace("\U0001f600", "\\ud83d\\ude00")
    documents, problems = read_documents(text.replace("  ", "\t").encode())
    assert problems == []
    assert documents[0].value["title"] == "\U0001f600 lost"


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_documents(b"\xef\xbb\xbf" + SEED_RECORD.encode())[1] == []
