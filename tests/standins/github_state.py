"""What the stand-in GitHub remembers: repositories, labels, issues. Kept on disk, so that a
restart continues where it stopped and another process can look.

    issues.jsonl    one object per issue, in order of creation
    state.json      repositories with their labels
    requests.jsonl  one object per request: method, path, operation, fault, whose token
"""

import json
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DEFAULT_REPO = "FrankTewksbury/Prism"
DEFAULT_LABELS = (
    "phone-home",
    "customer-care",
    *(f"severity:P{n}" for n in range(4)),
    *(f"kind:{kind}" for kind in ("incident", "enhancement", "recommendation")),
    *(f"scope:{scope}" for scope in ("prism-product", "mixed")),
    *("signals", "bootstrap", "install", "memory", "dashboard", "scheduler", "docs"),
)
NEVER = 1e15  # seconds since 1970, and still proper JSON


@dataclass
class Repo:
    """A repository. `renamed_from` are the names that still lead to it."""

    full_name: str
    id: int
    visibility: str = "private"
    archived: bool = False
    has_issues: bool = True
    labels: list[str] = field(default_factory=lambda: list(DEFAULT_LABELS))
    renamed_from: list[str] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        return f"R_standin{self.id}"


@dataclass
class Issue:
    """An issue. It shows in listings from `visible_from` (seconds since 1970) on."""

    repo_id: int
    number: int
    title: str
    body: str
    labels: list[str]
    created_at: str
    html_url: str
    visible_from: float = 0.0
    pull_request: bool = False


class State:
    """The memory; every method may be called from any thread."""

    def __init__(self, folder: Path, repos: Iterable[str]) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self.repos: list[Repo] = []
        self.issues = [Issue(**row) for row in _read_lines(folder / "issues.jsonl")]
        if (folder / "state.json").exists():
            self.repos = [Repo(**row) for row in json.loads((folder / "state.json").read_text())]
        for name in repos:
            if self.find(name) is None:
                self.repos.append(Repo(name, id=1000 + len(self.repos)))
        self._save()

    def find(self, full_name: str) -> Repo | None:
        """The repository now or formerly called `full_name`, in any case."""
        wanted = full_name.casefold()
        for repo in self.repos:
            if wanted in {name.casefold() for name in (repo.full_name, *repo.renamed_from)}:
                return repo
        return None

    def configure(self, repo_name: str, /, **facts: Any) -> None:
        """Change facts of a repository; `full_name` among them is a rename."""
        with self._lock:
            repo = self.find(repo_name)
            assert repo is not None, repo_name
            if "full_name" in facts:
                repo.renamed_from.append(repo.full_name)
            for name, value in facts.items():
                assert hasattr(repo, name), name
                setattr(repo, name, value)
            self._save()

    def add_label(self, repo: Repo, label: str) -> bool:
        """Create a label; False when it exists (case does not matter)."""
        with self._lock:
            if label.casefold() in {known.casefold() for known in repo.labels}:
                return False
            repo.labels.append(label)
            self._save()
            return True

    def add_issue(
        self,
        repo: Repo,
        title: str,
        body: str,
        labels: Iterable[str] = (),
        *,
        created_at: datetime | None = None,
        visible_from: float = 0.0,
        pull_request: bool = False,
    ) -> Issue:
        """Create an issue; numbers count up per repository and are never used twice."""
        with self._lock:
            number = 1 + max((i.number for i in self.issues if i.repo_id == repo.id), default=0)
            created = (created_at or datetime.now(UTC)).astimezone(UTC)
            issue = Issue(
                repo_id=repo.id,
                number=number,
                title=title,
                body=body,
                labels=list(labels),
                created_at=created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                html_url=f"https://github.com/{repo.full_name}/issues/{number}",
                visible_from=visible_from,
                pull_request=pull_request,
            )
            _append(self._folder / "issues.jsonl", asdict(issue))
            self.issues.append(issue)
            return issue

    def listed(self, repo: Repo) -> list[Issue]:
        """The issues that a listing shows now, newest first."""
        with self._lock:
            shown = [i for i in self.issues if i.repo_id == repo.id]
        now = time.time()
        shown = [issue for issue in shown if issue.visible_from <= now]
        return sorted(shown, key=lambda issue: (issue.created_at, issue.number), reverse=True)

    def reveal(self) -> None:
        """Let every issue show that has been created but does not show yet."""
        with self._lock:
            for issue in self.issues:
                issue.visible_from = 0.0

    def log(self, entry: dict[str, Any]) -> None:
        with self._lock:
            _append(self._folder / "requests.jsonl", entry)

    def _save(self) -> None:
        temporary = self._folder / "state.json.new"
        temporary.write_text(json.dumps([asdict(repo) for repo in self.repos], indent=1))
        temporary.replace(self._folder / "state.json")


def read_issues(folder: Path) -> list[dict[str, Any]]:
    """Every issue ever created, from any process, while the server runs or after."""
    return _read_lines(folder / "issues.jsonl")


def read_requests(folder: Path) -> list[dict[str, Any]]:
    """Every request so far, in order of arrival."""
    return _read_lines(folder / "requests.jsonl")


def _read_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    # Split at newlines only: bodies may hold other separators, which JSON leaves as they are.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _append(path: Path, row: dict[str, Any]) -> None:
    """One write per line, so that a reader never sees half of one."""
    line = json.dumps(row).encode() + b"\n"
    descriptor = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
