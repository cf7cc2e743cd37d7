"""The cast: a stand-in GitHub, a transport that talks to it, and a gh that is only a script."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.fakes import FakeGh, MakeGh
from tests.standins.github import GitHubStandIn
from tests.standins.programs import require_program


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[GitHubStandIn]:
    require_program("gh")
    with GitHubStandIn(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture
def transport(hub: GitHubStandIn) -> GhTransport:
    return GhTransport(environ=hub.gh_environment(), timeout_seconds=20)


@pytest.fixture
def fake_gh(tmp_path: Path) -> MakeGh:
    def make(script: str) -> FakeGh:
        folder = tmp_path / "fake"
        (folder / "bin").mkdir(parents=True)
        path = folder / "bin" / "gh"
        path.write_text(f"#!/bin/sh\nout='{folder}'\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return FakeGh(path, folder)

    return make
