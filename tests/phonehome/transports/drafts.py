"""Drafts to file and small waits, shared by the transport tests."""

import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from phonehome.transports.base import IssueDraft
from tests.standins.github import DEFAULT_REPO


def new_marker() -> str:
    return f"prism-care:packet:{uuid.uuid4()}"


def draft(
    *,
    repo: str = DEFAULT_REPO,
    title: str = "Signals are lost after a restart",
    body: str = "## Summary\n\nSignals are lost.\n",
    labels: tuple[str, ...] = ("phone-home", "severity:P2"),
    marker: str | None = None,
) -> IssueDraft:
    """A proper draft; the marker line is put under `body`."""
    marker = marker or new_marker()
    return IssueDraft(repo, title, f"{body}\nReference: {marker}\n", labels, marker)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        threading.Event().wait(0.01)


def is_running(pid: int) -> bool:
    """Whether the process still runs (a zombie does not)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}
