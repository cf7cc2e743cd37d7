"""The agent guide, run command by command against a server."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.duties import run_duties
from phonehome.models import PhoneHomeRecord
from phonehome.services.approve_packet import approve_packet
from phonehome.states import PacketStatus, ReviewSurface
from tests.cast import make_cast
from tests.docs.pages import ROOT

GUIDE = (ROOT / "docs" / "agent-guide.md").read_text()
APPROVAL = "<!-- the test's operator approves here, and a worker ships -->"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"^# (\d{3})$", re.MULTILINE)
_DONE = "-- the block is done --"
# The real program where there is one; the test's own translation everywhere.
CURLS = {"translated": ""} | ({"curl": found} if (found := shutil.which("curl")) else {})


def blocks(text: str) -> list[str]:
    return [block for block in _BLOCK.findall(text) if "curl" in block]


class Shell:
    """One `sh -eu` that runs the guide's blocks; `run` returns the statuses of its requests."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self._statuses = folder / "statuses"
        self._errors = folder / "errors"
        self._said = self._errors.open("w")
        programs = folder / "bin"
        programs.mkdir()
        _program(
            programs / "curl", f'exec "{sys.executable}" "{Path(__file__).parent}/curl.py" "$@"'
        )
        _program(programs / "python3", f'exec "{sys.executable}" "$@"')
        self._process = subprocess.Popen(
            ["sh", "-eu"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env={
                "PATH": f"{programs}:{os.environ['PATH']}",
                "STATUSES": str(self._statuses),
                "NO_PROXY": "*",
                **environ,
            },
        )

    def run(self, block: str) -> tuple[list[str], str]:
        self._statuses.write_text("")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{block}\nprintf '\\n%s\\n' '{_DONE}'\n")
        self._process.stdin.flush()
        lines = []
        for line in self._process.stdout:
            if line.rstrip("\n") == _DONE:
                return self._statuses.read_text().split(), "".join(lines)
            lines.append(line)
        said = self._errors.read_text()
        pytest.fail(f"the shell ended in\n{block}\nafter {''.join(lines)}\n{said}", pytrace=False)

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(timeout=30)
        self._said.close()


def _program(path: Path, command: str) -> None:
    path.write_text(f"#!/bin/sh\n{command}\n")
    path.chmod(0o755)


@pytest.fixture
def case(transactional_db: None, settings: Any) -> Any:
    settings.DESK_MODE = "agents"
    return make_cast()


@pytest.fixture
def shell(
    case: Any, live_server: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], tuple[list[str], str]]]:
    opened = Shell(
        tmp_path,
        {
            "BASE": live_server.url,
            "JADE": case.jade.token,
            "SAGE": case.sage.token,
            "CLARA": case.clara.token,
            "REAL_CURL": request.param,
        },
    )
    yield opened.run
    opened.end()


@pytest.mark.parametrize("shell", CURLS.values(), ids=CURLS.keys(), indirect=True)
def test_every_command_of_the_guide_answers_as_it_says(case: Any, shell: Any) -> None:
    before, mark, after = GUIDE.partition(APPROVAL)
    assert mark, "the guide no longer says where the operator approves"
    _run(shell, before)
    _approve_and_ship(case)
    _run(shell, after)
    record = PhoneHomeRecord.objects.get()
    assert record.status == PacketStatus.SHIPPED
    answers = [one["payload"] for one in case.jade.inbox(box="inbox")]
    assert f"filed as issue #{record.issue_number}" in answers[1]["text"]


def _run(shell: Any, part: str) -> None:
    for block in blocks(part):
        statuses, said = shell(block)
        assert statuses == _STATUS.findall(block), f"{block}\n{said}"


def _approve_and_ship(case: Any) -> None:
    record = PhoneHomeRecord.objects.get()
    assert record.revision == 2
    approve_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=case.operator,
        surface=ReviewSurface.DASHBOARD,
    )
    failed = [result.name for result in run_duties() if result.failed]
    assert not failed


@pytest.mark.one_database
def test_every_request_of_the_guide_says_its_status() -> None:
    assert len(blocks(GUIDE)) > 15
    for block in blocks(GUIDE):
        assert len(_STATUS.findall(block)) == len(re.findall(r"\bcurl -sS", block)), block
