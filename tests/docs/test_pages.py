"""What the pages name exists, and what is written from the code is current."""

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management import (
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)

from kernel.errors import CATALOGUE as CODES
from kernel.ids import new_id
from phonehome.models import PhoneHomeRecord
from phonehome.states import PacketStatus
from prism_care.settings.env import CATALOGUE as VARIABLES
from tests.docs.pages import ROOT, anchors, command_lines, links, name, pages

pytestmark = pytest.mark.one_database

GENERATED = (
    "configuration_reference",
    "errors_reference",
    "state_diagrams",
    "rubric_reference",
    "triage_reference",
)
# Read outside of the settings: by the tests, the web server's configuration, make and compose.
OTHER_VARIABLES = {
    "CI",
    "DEMO_ARGS",
    "EDITOR",
    "PATH",
    "POSTGRES_PASSWORD",
    "PRISM_PUBLISH",
    "TEST_ARGS",
    "TEST_DATABASE_URL",
    "TEST_ON",
}
PLACEHOLDERS = {"KEY_ID", "RECORD_ID"}
every_page = pytest.mark.parametrize("document", pages(), ids=name)


def command(generator: str) -> Any:
    return import_module(f"prism_care.management.commands.{generator}").Command()


@pytest.mark.parametrize("generator", GENERATED)
def test_a_generated_page_is_what_the_code_says(generator: str) -> None:
    writer = command(generator)
    stale = f"{writer.document} is stale: run manage.py {generator}"
    assert (ROOT / writer.document).read_text() == writer.render(), stale


def test_a_stale_page_is_written_anew_and_found_by_check(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "errors.md"
    page.write_text("something older")
    with pytest.raises(CommandError, match="stale"):
        call_command("errors_reference", "--check")
    assert page.read_text() == "something older"
    call_command("errors_reference", verbosity=0)
    call_command("errors_reference", "--check")
    assert page.read_text() == command("errors_reference").render()


def test_every_code_variable_and_state_is_in_its_page() -> None:
    configuration, errors, states = (command(generator).render() for generator in GENERATED[:3])
    assert all(f'<a id="{code}"></a>`{code}`' in errors for code in CODES)
    assert all(f"| `{variable}` |" in configuration for variable in VARIABLES)
    assert all(f"`{state}`" in states for state in PacketStatus.values)


def test_every_transition_of_a_packet_is_drawn() -> None:
    drawn = command("state_diagrams").render()
    field = PhoneHomeRecord._meta.get_field("status")
    moves = list(field.get_all_transitions(PhoneHomeRecord))
    assert len(moves) > 20
    for move in moves:
        words = move.name.replace("_", " ")
        assert f"    {move.source} --> {PacketStatus(move.target).value}: {words}\n" in drawn


@every_page
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken, f"{name(document)} links to {broken}"


@every_page
def test_every_command_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z]\w*)", document.read_text()))
    assert named <= set(get_commands()), name(document)


@every_page
def test_every_command_line_is_understood(document: Path) -> None:
    for line in command_lines(document):
        filled = line.replace("RECORD_ID", str(new_id()))
        verb, *arguments = shlex.split(filled)
        parser = load_command_class(get_commands()[verb], verb).create_parser("manage.py", verb)
        parser.parse_args(arguments)  # raises CommandError for an option that is not there


@every_page
def test_every_target_of_make_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]\w*)", document.read_text(), re.MULTILINE))
    assert named <= targets, name(document)


@every_page
def test_every_variable_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`", document.read_text()))
    assert named <= VARIABLES.keys() | OTHER_VARIABLES | PLACEHOLDERS, name(document)


@every_page
def test_every_code_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"`((?:phone_home|bridge)_\w+)`", document.read_text()))
    assert named <= CODES.keys(), name(document)
