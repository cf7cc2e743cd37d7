"""A stand-in GitHub for the real gh: no network, no account, faults on demand.

In a test:

    with GitHubStandIn(tmp_path) as hub:
        transport = GhTransport(environ=hub.gh_environment())
        hub.inject("create_then_drop")

As a program, until it is ended (SIGTERM or Ctrl-C):

    python -m tests.standins.github --dir DIR [--repo owner/name] [--fault NAME]

It prints `ready GH_CONFIG_DIR=<folder>`; a gh that runs with that variable talks to it, and is
logged in by the hosts.yml in that folder. From another process, `read_issues(DIR)` tells what was
filed and `send_order(DIR, "inject", name="502")` orders a fault.
"""

import argparse
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.standins.github_faults import KNOWN, Faults
from tests.standins.github_server import CONTROL, Server
from tests.standins.github_state import (
    DEFAULT_REPO,
    Issue,
    State,
    read_issues,
    read_requests,
)

__all__ = ["DEFAULT_REPO", "GitHubStandIn", "read_issues", "read_requests", "send_order"]

_LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107


class GitHubStandIn:
    """The server in threads of this process; everything it remembers lies in `folder`."""

    def __init__(self, folder: Path, repos: Iterable[str] = (DEFAULT_REPO,)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.config_dir = self.folder / "gh-config"
        self.token = "ghp_" + secrets.token_hex(18)
        self.state = State(self.folder, repos)
        self.faults = Faults()
        self._repo = self.state.repos[0].full_name
        self._server: Server | None = None
        self._spare_folder: str | None = None

    def __enter__(self) -> Self:
        path = self.folder / "github.sock"
        if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
            self._spare_folder = tempfile.mkdtemp(prefix="hub-")
            path = Path(self._spare_folder) / "s"
        path.unlink(missing_ok=True)
        self.config_dir.mkdir(exist_ok=True)
        (self.config_dir / "config.yml").write_text(f"http_unix_socket: {path}\n")
        hosts = self.config_dir / "hosts.yml"
        hosts.write_text(
            f"github.com:\n    user: standin-operator\n    oauth_token: {self.token}\n"
        )
        hosts.chmod(0o600)
        self._server = Server(path, self.state, self.faults, self.token)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.ending.set()
        self._server.shutdown()
        self._server.server_close()
        if self._spare_folder is not None:
            shutil.rmtree(self._spare_folder, ignore_errors=True)

    def gh_environment(self) -> dict[str, str]:
        """What a process needs in its environment for gh to come here, with GH_TOKEN set."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "GH_CONFIG_DIR": str(self.config_dir),
            "GH_TOKEN": self.token,
        }

    def inject(self, name: str, **changes: Any) -> None:
        """Arm a fault (see github_faults.KNOWN), for one request unless `times` says else."""
        self.faults.inject(name, **changes)

    def clear_faults(self) -> None:
        self.faults.clear()

    def configure(self, **facts: Any) -> None:
        """Change the repository: visibility, archived, has_issues, labels, full_name (rename)."""
        self.state.configure(self._repo, **facts)
        self._repo = facts.get("full_name", self._repo)

    def add_issue(
        self,
        title: str,
        body: str,
        *,
        created_at: datetime | None = None,
        pull_request: bool = False,
    ) -> Issue:
        """An issue (or pull request) that someone else opened."""
        repo = self.state.find(self._repo)
        assert repo is not None
        return self.state.add_issue(
            repo, title, body, created_at=created_at, pull_request=pull_request
        )

    def reveal(self) -> None:
        """Let issues of a late create show in listings now."""
        self.state.reveal()

    def issues(self) -> list[dict[str, Any]]:
        """Every issue there is, those that do not show yet included."""
        return read_issues(self.folder)

    def requests(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, or those of one operation ("create", "listing", …)."""
        rows = read_requests(self.folder)
        return [row for row in rows if operation in {None, row["operation"]}]


def send_order(folder: Path, order: str, **arguments: Any) -> None:
    """Order the stand-in that runs on `folder` to do something, from any process.

    "inject" (name, operation, times, seconds), "clear", "configure" (repo, then its facts) or
    "reveal". Raises ValueError when it refuses, OSError when it does not run.
    """
    line = (folder / "gh-config" / "config.yml").read_text().strip()
    connection = http.client.HTTPConnection("standin")
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(line.partition(": ")[2])
        connection.request("POST", CONTROL + order, json.dumps(arguments))
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != 200:
        raise ValueError(f"the stand-in refused {order!r} ({status})")


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in GitHub for gh.")
    parser.add_argument("--dir", type=Path, required=True, help="where it keeps what it remembers")
    parser.add_argument("--repo", default=DEFAULT_REPO, help="owner/name, default %(default)s")
    parser.add_argument("--fault", choices=sorted(KNOWN), action="append", default=[])
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with GitHubStandIn(options.dir, [options.repo]) as hub:
        for fault in options.fault:
            hub.inject(fault)
        print(f"ready GH_CONFIG_DIR={hub.config_dir}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
