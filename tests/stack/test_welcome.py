"""What a ready stack prints, and the file that a later start reads."""

import json
import re
import secrets
import shlex
import stat
from pathlib import Path

import pytest

from prism_care.stack import first_run
from prism_care.stack.banner import Welcome, curl, parse, render

pytestmark = pytest.mark.one_database


def _welcome(**changes: str) -> Welcome:
    values = {
        "address": "http://127.0.0.1:8123",
        "operator": "operator",
        "password": "abcde-fghij-kmnpq-rstuv",
        "agent_key": f"prc_abcdefghijkm_{secrets.token_hex(32)}",
        "issues": "folder: issues are written to /somewhere with spaces/issues (gh is not there)",
    }
    return Welcome(**(values | changes))


def test_the_printed_values_can_be_read_back() -> None:
    welcome = _welcome(issues="gh: issues are filed in o/r on GitHub")
    assert parse("web    | noise\n" + render(welcome)) == welcome


def test_a_later_start_shows_no_password_and_says_how_to_set_one() -> None:
    text = render(_welcome(password=""))
    found = parse(text)
    assert found is not None
    assert found.password == ""
    assert "manage.py operator create operator" in text


def test_half_a_banner_is_not_read() -> None:
    assert parse(render(_welcome())[:200]) is None


def test_the_curl_can_be_pasted() -> None:
    welcome = _welcome()
    words = shlex.split(curl(welcome).replace("\\\n", ""))
    assert words[:3] == ["curl", "-sS", "http://127.0.0.1:8123/api/v1/signals"]
    assert f"Authorization: Bearer {welcome.agent_key}" in words
    assert json.loads(words[-1])["to_identity"] == "Sage"


def test_the_file_is_for_its_owner_and_holds_no_password(tmp_path: Path) -> None:
    welcome = _welcome()
    first_run.remember(
        tmp_path, address=welcome.address, operator="operator", agent_key=welcome.agent_key
    )
    file = tmp_path / "first-run.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not re.search("password +[a-z0-9]{5}-", file.read_text())
    assert first_run.remembered_key(tmp_path) == welcome.agent_key
    assert [path.name for path in tmp_path.iterdir()] == ["first-run.txt"]


def test_without_the_file_there_is_no_key(tmp_path: Path) -> None:
    assert first_run.remembered_key(tmp_path) == ""
    (tmp_path / "first-run.txt").write_bytes(b"\xff\xfe nonsense")
    assert first_run.remembered_key(tmp_path) == ""
