"""The demo's own parts: it must not reach the real GitHub, and must not pass by accident."""

import os
import secrets
import socket
from pathlib import Path

import pytest

from prism_care.demo.background import Background
from prism_care.demo.browser import Page, read_page
from prism_care.demo.environment import demo_environment
from prism_care.demo.failure import DemoFailed
from prism_care.demo.issues import filed_in_folder
from prism_care.demo.story import approval
from tests.stack.processes import WAITS, Watched

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(90)]

_REVIEW = """
<a href="/console/review/">back</a>
<form action="/console/logout/" method="post"><button>Sign out</button></form>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="token">
  <input type="hidden" name="digest" value="ab12"><textarea name="note">two
lines</textarea><input type="checkbox" name="ack" value="email">
  <button name="decision" value="reject">Reject</button>
  <button name="decision" value="approve">Approve</button></form>
"""


def _page(source: str) -> Page:
    return read_page("http://127.0.0.1/console/review/1/", source)


def test_a_login_that_happens_to_be_there_is_not_used(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "GH_TOKEN": "ghp_" + secrets.token_hex(18)}
    assert demo_environment(environ, tmp_path)["GITHUB_TRANSPORT"] == "folder"


def test_a_chosen_transport_is_kept(tmp_path: Path) -> None:
    environ = {"PATH": "", "GITHUB_TRANSPORT": "gh"}
    assert demo_environment(environ, tmp_path)["GITHUB_TRANSPORT"] == "gh"


def test_a_gh_that_speaks_to_a_local_socket_is_used(tmp_path: Path) -> None:
    (tmp_path / "gh").touch(mode=0o755)
    environ = {"PATH": str(tmp_path), "GH_CONFIG_DIR": str(tmp_path)}
    (tmp_path / "config.yml").write_text(f"version: 1\nhttp_unix_socket: {tmp_path}/s\n")
    assert demo_environment(environ, tmp_path)["GITHUB_TRANSPORT"] == "folder"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{tmp_path}/s")
        assert demo_environment(environ, tmp_path)["GITHUB_TRANSPORT"] == "auto"


def test_somebodys_installation_is_left_alone_unless_asked_for(tmp_path: Path) -> None:
    environ = {
        "DATABASE_URL": "postgres://real",
        "CELERY_BROKER_URL": "redis://real",
        "PRISM_VAR_DIR": "/real",
        "PRISM_PORT": "8000",
        "PHONE_HOME_SHIP_DELAY_SECONDS": "3",
    }
    made = demo_environment(environ, tmp_path)
    assert "DATABASE_URL" not in made
    assert "CELERY_BROKER_URL" not in made
    assert (made["PRISM_VAR_DIR"], made["PRISM_PORT"]) == (str(tmp_path), "0")
    assert made["PHONE_HOME_SHIP_DELAY_SECONDS"] == "3"
    assert demo_environment(environ, tmp_path, keep=True)["DATABASE_URL"] == "postgres://real"
    assert demo_environment({}, tmp_path)["PHONE_HOME_SHIP_DELAY_SECONDS"] == "0"


def test_only_the_button_that_approves_the_digest_is_pressed() -> None:
    form, button = approval(_page(_REVIEW))
    assert (button.name, button.value) == ("decision", "approve")
    assert form.fields == {
        "csrfmiddlewaretoken": "token",
        "digest": "ab12",
        "note": "two\nlines",
    }


def test_a_page_without_an_approval_is_a_failure() -> None:
    with pytest.raises(DemoFailed, match="no form that approves"):
        approval(_page(_REVIEW.replace('value="approve">Approve', 'value="hold">Hold')))


def test_issues_are_counted_by_their_marker(tmp_path: Path) -> None:
    folder = tmp_path / "owner__name" / "issues"
    folder.mkdir(parents=True)
    for number, text in enumerate(("marker:a", "marker:b", "x marker:a"), start=1):
        (folder / f"{number}.md").write_text(text)
    assert filed_in_folder(tmp_path, "marker:a") == ["marker:a", "x marker:a"]
    assert filed_in_folder(tmp_path / "nothing", "marker:a") == []


def test_a_program_that_ends_early_is_named_with_its_code() -> None:
    program = Background("the stack", ["-c", "print('no'); raise SystemExit(4)"], os.environ)
    with pytest.raises(DemoFailed, match="the stack ended with exit code 4"):
        program.wait_for(lambda printed: None, 60)
    assert program.tail() == "no\n"
    assert program.end() == 4


def test_what_is_shown_of_a_failure_holds_no_keys() -> None:
    key = f"prc_abcdefghijkm_{secrets.token_hex(32)}"
    program = Background("it", ["-c", f"print('Agent key   {key}\\n  Password    pw')"], os.environ)
    program.end()
    assert key not in program.tail()
    assert "pw" not in program.tail()


def test_a_killed_demo_leaves_nobody() -> None:
    starts = (
        "import os, signal; from prism_care.demo.background import Background; "
        f"b = Background('it', ['-S', '-c', {WAITS!r}], os.environ); "
        "print(b.wait_for(lambda p: p if p.endswith(chr(10)) else None, 60), end=''); "
        "import sys; sys.stdout.flush(); signal.pause()"
    )
    demo = Background("the demo", ["-c", starts], os.environ)
    said = demo.wait_for(lambda printed: printed if "\n" in printed else None, 60)
    watched = Watched(int(said.split()[-1]))
    demo.end()  # SIGTERM, which it does not handle: it dies at once
    assert watched.has_ended()
    watched.close()
