"""A stand-in for GitHub behind the Transport interface: remembers issues, fails as told.

    hub.next_create(Fault(after=unknown()))              created, yet nobody knows
    hub.next_create(Fault(before=unknown()))             not created, yet nobody knows
    hub.next_create(Fault(after=unknown(), hidden=3))    shows in the fourth look only
    hub.fail_next("preflight", later())

Issues lie in a file, one JSON object per line, so that other processes see them.
"""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from phonehome.transports.base import (
    AUTH_REQUIRED,
    OUTCOME_UNKNOWN,
    RATE_LIMITED,
    TRANSPORT_UNAVAILABLE,
    FiledIssue,
    IssueDraft,
    Repository,
    Retry,
    TransportError,
    check_draft,
    has_marker,
)


def unknown() -> TransportError:
    return TransportError(OUTCOME_UNKNOWN, "The connection dropped.", Retry.LOOK)


def later() -> TransportError:
    return TransportError(TRANSPORT_UNAVAILABLE, "GitHub could not be reached.", Retry.LATER)


def rate_limited(seconds: float) -> TransportError:
    return TransportError(RATE_LIMITED, "GitHub asks for a pause.", Retry.LATER, seconds)


def needs_fix() -> TransportError:
    return TransportError(AUTH_REQUIRED, "gh is not logged in.", Retry.NEEDS_FIX)


@dataclass
class Fault:
    """What one call does beside its work: `before` and `after` are raised, `hold` is called in
    between (before the issue is stored), `hidden` looks pass before the issue shows."""

    before: BaseException | None = None
    after: BaseException | None = None
    hold: Callable[[], object] | None = None
    hidden: int = 0


class ScriptedTransport:
    """Implements phonehome.transports.base.Transport; safe to use from any thread."""

    name = "scripted"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._held: list[threading.Event] = []
        self.full_name: str | None = None
        self.visibility = "private"
        self.calls: list[str] = []

    def next_create(self, *faults: Fault) -> None:
        self._faults["create"].extend(faults)

    def next(self, method: str, fault: Fault) -> None:
        self._faults[method].append(fault)

    def wipe(self) -> None:
        """As on the first day."""
        self._write([])
        self.forget_faults()

    def fail_next(self, method: str, *errors: Exception) -> None:
        """`method`: "preflight", "labels", "find" or "create"; each error strikes one call."""
        self._faults[method].extend(Fault(before=error) for error in errors)

    def forget_faults(self) -> None:
        self._faults.clear()

    def hold_next_create(self) -> tuple[threading.Event, threading.Event]:
        """`(entered, go)`: the next create sets `entered`, then waits for `go` to be set."""
        entered, go = threading.Event(), threading.Event()
        self._held.append(go)

        def hold() -> None:
            entered.set()
            assert go.wait(30), "nobody let the create go on"

        self.next_create(Fault(hold=hold))
        return entered, go

    def let_go(self) -> None:
        for go in self._held:
            go.set()

    def issues(self) -> list[dict[str, Any]]:
        """Every issue ever created, those that do not show yet included."""
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().split("\n") if line]

    def show(self) -> None:
        """Let every hidden issue show in the next look."""
        with self._lock:
            self._write([{**row, "hidden": 0} for row in self.issues()])

    def preflight(self, repo: str) -> Repository:
        self._take("preflight")
        return Repository(self.full_name or repo, "R_1", self.visibility)

    def ensure_labels(self, repo: str, labels: tuple[str, ...]) -> None:
        self._take("labels")

    def find_by_marker(
        self, repo: str, marker: str, since: datetime | None = None
    ) -> list[FiledIssue]:
        self._take("find")
        with self._lock:
            rows = self.issues()
            shown = [row for row in rows if row["hidden"] <= 0]
            self._write([{**row, "hidden": row["hidden"] - 1} for row in rows])
        found = [row for row in shown if has_marker(row["body"], marker)]
        return [FiledIssue(row["url"], row["number"]) for row in reversed(found)]

    def create(self, draft: IssueDraft) -> FiledIssue:
        check_draft(draft)
        fault = self._take("create")
        if fault.hold:
            fault.hold()
        with self._lock:
            rows = self.issues()
            number = len(rows) + 1
            url = f"https://github.com/{draft.repo}/issues/{number}"
            row = {"number": number, "url": url, "repo": draft.repo, "title": draft.title}
            row |= {"body": draft.body, "labels": list(draft.labels), "hidden": fault.hidden}
            self._write([*rows, row])
        if fault.after:
            raise fault.after
        return FiledIssue(url, number)

    def _take(self, method: str) -> Fault:
        with self._lock:
            self.calls.append(method)
            waiting = self._faults[method]
            fault = waiting.popleft() if waiting else Fault()
        if fault.before:
            raise fault.before
        return fault

    def _write(self, rows: list[dict[str, Any]]) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text("".join(json.dumps(row) + "\n" for row in rows))
        draft.replace(self._path)
