"""`run_stack` answers what is wrong with a sentence, and starts nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from prism_care.stack.lock import lock_folder
from tests.stack.processes import ROOT

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(90)]


def _run_stack(folder: Path, **environ: str) -> tuple[int, str]:
    """Exit code and everything it printed."""
    own = {"PATH": os.environ["PATH"], "PRISM_VAR_DIR": str(folder), "PRISM_PORT": "0"}
    result = subprocess.run(
        [sys.executable, "manage.py", "run_stack"],
        cwd=ROOT,
        env=own | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PRISM_PORT": "abc"}, "PRISM_PORT must be of type int"),
        ({"PRISM_HOST": "192.0.2.1"}, "Cannot listen on PRISM_HOST=192.0.2.1"),
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS must be at least 1"),
        ({"ALLOWED_HOSTS": "care.example.com"}, "Set ALLOWED_HOSTS=127.0.0.1,localhost"),
        ({"CELERY_BROKER_URL": "pigeon://x"}, "CELERY_BROKER_URL is of an unknown kind"),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:1/x"}, "Check DATABASE_URL"),
        ({"EMAIL_URL": "pigeon://x"}, "EMAIL_URL must begin with one of"),
        ({"GITHUB_TRANSPORT": "gh", "GH_CONFIG_DIR": "/nowhere"}, "phonehome.E00"),
        ({"PRISM_MODE": "production"}, "must be set when PRISM_MODE=production"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_named(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    code, printed = _run_stack(tmp_path / "var", **environ)
    assert code == 1
    assert sentence in printed
    assert "Traceback" not in printed
    assert "Prism Care is ready" not in printed


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, printed = _run_stack(tmp_path / "file" / "var")
    assert (code, "Traceback" in printed) == (1, False)
    assert "PRISM_VAR_DIR=" in printed


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, printed = _run_stack(tmp_path, PRISM_PORT=str(port))
    assert (code, "Traceback" in printed) == (1, False)
    assert f"Port {port} on 127.0.0.1 is taken" in printed


def test_a_second_stack_is_refused_and_leaves_the_first_alone(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path)
    code, printed = _run_stack(tmp_path)
    os.close(lock)
    assert (code, "Traceback" in printed) == (1, False)
    assert f"Another stack runs on {tmp_path}" in printed
    assert not (tmp_path / "prism-care.sqlite3").exists()
