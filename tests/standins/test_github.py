"""The stand-in is what the tests believe it is."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.drafts import draft
from tests.standins.github import (
    DEFAULT_REPO,
    GitHubStandIn,
    read_issues,
    send_order,
)
from tests.standins.programs import require_program

ROOT = Path(__file__).parents[2]


def gh(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [require_program("gh"), *arguments]
    return subprocess.run(
        argv, env=environ, capture_output=True, text=True, timeout=20, check=False
    )


def test_gh_is_logged_in(tmp_path: Path) -> None:
    with GitHubStandIn(tmp_path) as hub:
        told = gh(hub.gh_environment(), "auth", "status")

    assert told.returncode == 0
    assert "Logged in to github.com as standin-operator" in told.stdout + told.stderr


def test_repository_is_seen(tmp_path: Path) -> None:
    with GitHubStandIn(tmp_path) as hub:
        hub.configure(visibility="public")
        private = gh(hub.gh_environment(), "repo", "view", DEFAULT_REPO, "--json", "isPrivate")
        visibility = gh(hub.gh_environment(), "api", f"repos/{DEFAULT_REPO}", "--jq", ".visibility")
        missing = gh(hub.gh_environment(), "repo", "view", "some/other")

    assert json.loads(private.stdout) == {"isPrivate": False}
    assert visibility.stdout == "public\n"
    assert "Could not resolve to a Repository with the name 'some/other'" in missing.stderr


def test_restart_remembers(tmp_path: Path) -> None:
    require_program("gh")
    with GitHubStandIn(tmp_path) as hub:
        hub.configure(labels=["phone-home", "new"])
        GhTransport(environ=hub.gh_environment()).create(draft(labels=("new",)))
    with GitHubStandIn(tmp_path) as hub:
        second = GhTransport(environ=hub.gh_environment()).create(draft(labels=("new",)))

    assert second.number == 2
    assert [issue["number"] for issue in read_issues(tmp_path)] == [1, 2]


def test_folder_with_a_long_name(tmp_path: Path) -> None:
    require_program("gh")
    with GitHubStandIn(tmp_path / ("x" * 120)) as hub:
        assert GhTransport(environ=hub.gh_environment()).preflight(DEFAULT_REPO)


def test_fault_strikes_as_often_as_told(tmp_path: Path) -> None:
    with GitHubStandIn(tmp_path) as hub:
        hub.inject("502", operation="repository", times=2)
        codes = [
            gh(hub.gh_environment(), "api", f"repos/{DEFAULT_REPO}").returncode for _ in range(3)
        ]
        faults = [row["fault"] for row in hub.requests("repository")]

    assert codes == [1, 1, 0]
    assert faults == ["502", "502", None]


def test_as_a_program_of_its_own(tmp_path: Path) -> None:
    require_program("gh")
    argv = [sys.executable, "-m", "tests.standins.github", "--dir", str(tmp_path / "hub")]
    program = subprocess.Popen(
        [*argv, "--repo", "o/n"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        ready, _, config_dir = program.stdout.readline().strip().partition(" GH_CONFIG_DIR=")
        environ = {"PATH": os.environ["PATH"], "GH_CONFIG_DIR": config_dir}
        given = draft(repo="o/n")
        filed = GhTransport(environ=environ).create(given)
        send_order(tmp_path / "hub", "configure", repo="o/n", visibility="public")
        seen = GhTransport(environ=environ).preflight("o/n")
        send_order(tmp_path / "hub", "inject", name="502")
        broken = gh(environ, "api", "repos/o/n")
        with pytest.raises(ValueError, match="refused"):
            send_order(tmp_path / "hub", "nonsense")
    finally:
        program.send_signal(signal.SIGTERM)
        code = program.wait(timeout=10)
        if program.stdout is not None:
            program.stdout.close()

    assert (ready, code) == ("ready", 0)
    assert filed.url == "https://github.com/o/n/issues/1"
    assert seen.visibility == "public"
    assert "HTTP 502" in broken.stderr
    assert [issue["body"] for issue in read_issues(tmp_path / "hub")] == [given.body]


def test_missing_program_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)

    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="gh is not installed"):
        require_program("gh")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="gh is not installed"):
        require_program("gh")
