"""A real Celery worker on the embedded broker: nudged, killed, replaced."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.phonehome.conftest import filed_in
from tests.phonehome.own_database import Install, own_install
from tests.phonehome.transports.drafts import wait_until
from tests.standins.github import GitHubStandIn
from tests.standins.programs import require_program

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.xdist_group("celery worker"),
    pytest.mark.timeout(240),
]
DRIVER = ("-m", "tests.phonehome.kill_driver")
CELERY = ("-m", "celery", "--quiet", "-A", "prism_care")
WORKER = (*CELERY, "worker", "--loglevel=WARNING", "--concurrency=1")
QUIETLY = ("--without-gossip", "--without-mingle", "--without-heartbeat")
BEAT = (*CELERY, "beat", "--pidfile=", "--loglevel=WARNING")
LONGEST_SECONDS = 60
OPEN_PACKETS = "SELECT count(*) FROM phonehome_phonehomerecord WHERE cross_linked_at IS NULL"


@contextmanager
def running(install: Install, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of the stack; it and its children are gone afterwards."""
    program = install.start(*arguments)
    try:
        yield program
    finally:
        kill_group(program)


def kill_group(program: "subprocess.Popen[bytes]") -> None:
    """kill -9, the pool's processes too. The group outlives its leader until it is reaped."""
    if program.returncode is None:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait(10)


@contextmanager
def embedded(folder: Path, **environment: str) -> Iterator[Install]:
    for name in ("messages", "control"):
        (folder / "broker" / name).mkdir(parents=True)
    options = {"CELERY_BROKER_URL": "filesystem://", "SWEEP_SECONDS": "1"}
    with own_install(folder, **{**options, **environment}) as install:
        yield install


def approve_one(install: Install) -> str:
    return install.run(*DRIVER, "approve_one")


def became(install: Install, shipments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(install.run(*DRIVER, "report", stdin=shipments))["one"]
    return told


def test_approval_alone_sends_the_worker_off(tmp_path: Path) -> None:
    """No beat runs here, so it is the nudge that does it."""
    with (
        embedded(tmp_path, GITHUB_TRANSPORT="folder") as install,
        running(install, *WORKER, *QUIETLY),
    ):
        shipments = approve_one(install)
        wait_until(lambda: install.count(OPEN_PACKETS) == 0, "the packet is filed", LONGEST_SECONDS)
        told = became(install, shipments)

    (path,) = filed_in(tmp_path / "issues")
    assert told["marker"] in path.read_text()
    assert told["attempts"] == ["created"]
    assert len(told["answers"]) == 1


def test_worker_killed_in_the_middle(tmp_path: Path) -> None:
    """Another worker and the sweep finish what gh had created for the first one."""
    require_program("gh")
    options = {
        "GITHUB_TRANSPORT": "gh",
        "PHONE_HOME_LEASE_SECONDS": "2",
        "PHONE_HOME_GH_TIMEOUT_SECONDS": "20",
        "PHONE_HOME_LOOK_SECONDS": "1",
    }
    with (
        GitHubStandIn(tmp_path / "hub") as hub,
        embedded(tmp_path, **options, **hub.gh_environment()) as install,
    ):
        hub.inject("create_then_hang")
        with running(install, *WORKER, *QUIETLY) as first:
            shipments = approve_one(install)
            wait_until(lambda: len(hub.issues()) == 1, "gh waits for its answer", LONGEST_SECONDS)
            kill_group(first)
        assert install.count(OPEN_PACKETS) == 1
        with running(install, *WORKER, *QUIETLY), running(install, *BEAT):
            wait_until(
                lambda: install.count(OPEN_PACKETS) == 0, "the packet is filed", LONGEST_SECONDS
            )
        told = became(install, shipments)
        issues = hub.issues()

    assert [issue["number"] for issue in issues] == [told["number"]]
    assert told["attempts"] == ["lost", "found"]
    assert len(told["answers"]) == 1
