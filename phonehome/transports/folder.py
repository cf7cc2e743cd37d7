"""File issues as text files, for installs without GitHub.

    <root>/<owner>__<name>/issues/<n>.md     one issue: a head of `key: value` lines, then the body
    <root>/<owner>__<name>/numbers/<n>       an empty file per number ever given out

Numbers are claimed by exclusive creation and never given out again, even when the issue's file is
deleted or its writer died; an issue appears under its name complete and synced, or not at all. Any
number of processes may write at once. An issue's address is `folder://owner/name/issues/<n>`,
relative to the root, so that moving the data folder does not break it.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from phonehome.transports.base import (
    CLOCK_MARGIN,
    ISSUE_CREATE_FAILED,
    OUTCOME_UNKNOWN,
    TRANSPORT_UNAVAILABLE,
    FiledIssue,
    IssueDraft,
    Repository,
    Retry,
    TransportError,
    check_draft,
    check_labels,
    check_marker,
    has_marker,
    split_repo,
)

_HEAD_BEGINS = b"---\n"
_HEAD_ENDS = b"\n---\n"  # no head line can be "---": every one is `key: <JSON>`


class FolderTransport:
    """The transport that writes below `root`, which it creates when missing."""

    name = "folder"

    def __init__(self, root: Path, visibility: str = "private") -> None:
        self._root = root
        self._visibility = visibility

    def preflight(self, repo: str) -> Repository:
        """See Transport. Makes the repository's folder; a folder has the visibility it was told."""
        owner, name = split_repo(repo)
        try:
            self._make_folders(repo)
        except OSError as error:
            raise _unavailable(error) from None
        return Repository(f"{owner}/{name}", f"folder:{owner}/{name}", self._visibility)

    def ensure_labels(self, repo: str, labels: tuple[str, ...]) -> None:
        """See Transport. A folder takes any label that GitHub would take."""
        split_repo(repo)
        check_labels(labels)

    def find_by_marker(
        self, repo: str, marker: str, since: datetime | None = None
    ) -> list[FiledIssue]:
        """See Transport."""
        check_marker(marker)
        stop = None if since is None else since - CLOCK_MARGIN
        found = []
        try:
            for number, content in self._newest_first(repo):
                head, _, body = content.partition(_HEAD_ENDS)
                created = _created_at(head)
                if stop is not None and created is not None and created < stop:
                    break
                if has_marker(body.decode(errors="replace"), marker):
                    found.append(_issue(repo, number))
        except OSError as error:
            raise _unavailable(error) from None
        return found

    def create(self, draft: IssueDraft) -> FiledIssue:
        """See Transport."""
        check_draft(draft)
        try:
            issues, numbers = self._make_folders(draft.repo)
            number = _claim_number(numbers)
            temporary = issues / f".{uuid.uuid4().hex}.tmp"
            try:
                _write_synced(temporary, _render(draft, number))
                os.link(temporary, issues / f"{number}.md")  # refuses to replace anything
            finally:
                with contextlib.suppress(FileNotFoundError):
                    temporary.unlink()
        except OSError as error:
            raise TransportError(
                ISSUE_CREATE_FAILED,
                f"The issue could not be written to the folder ({error.strerror}).",
                Retry.NEEDS_FIX,
                None,
                str(error),
            ) from None
        try:
            _sync_folder(issues)
        except OSError as error:
            raise TransportError(
                OUTCOME_UNKNOWN,
                f"The issue was written, but perhaps not to the disk yet ({error.strerror}).",
                Retry.LOOK,
                None,
                str(error),
            ) from None
        return _issue(draft.repo, number)

    def _make_folders(self, repo: str) -> tuple[Path, Path]:
        owner, name = split_repo(repo)
        folder = self._root / f"{owner}__{name}"
        issues, numbers = folder / "issues", folder / "numbers"
        issues.mkdir(parents=True, exist_ok=True)
        numbers.mkdir(exist_ok=True)
        if not os.access(issues, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied", str(issues))
        return issues, numbers

    def _newest_first(self, repo: str) -> Iterator[tuple[int, bytes]]:
        owner, name = split_repo(repo)
        issues = self._root / f"{owner}__{name}" / "issues"
        if not issues.is_dir():
            return
        stems = (path.stem for path in issues.iterdir() if path.suffix == ".md")
        for number in sorted((int(stem) for stem in stems if stem.isdecimal()), reverse=True):
            with contextlib.suppress(FileNotFoundError):  # deleted since the listing
                yield number, (issues / f"{number}.md").read_bytes()


def _claim_number(numbers: Path) -> int:
    """The next number that nobody has: the first one whose file we are the one to create."""
    taken = (int(entry.name) for entry in os.scandir(numbers) if entry.name.isdecimal())
    number = max(taken, default=0) + 1
    while True:
        try:
            os.close(os.open(numbers / str(number), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            number += 1
        else:
            _sync_folder(numbers)
            return number


def _render(draft: IssueDraft, number: int) -> bytes:
    """The file's bytes. Head values are JSON, one per line, which YAML readers accept too."""
    head = {
        "number": number,
        "repo": draft.repo,
        "title": draft.title,
        "labels": list(draft.labels),
        "marker": draft.marker,
        "created_at": datetime.now(UTC).isoformat(),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    return _HEAD_BEGINS + "\n".join(lines).encode() + _HEAD_ENDS + draft.body.encode()


def _created_at(head: bytes) -> datetime | None:
    for line in head.decode(errors="replace").splitlines():
        if line.startswith("created_at: "):
            with contextlib.suppress(ValueError, TypeError):
                return datetime.fromisoformat(json.loads(line.removeprefix("created_at: ")))
    return None


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _issue(repo: str, number: int) -> FiledIssue:
    return FiledIssue(f"folder://{repo}/issues/{number}", number)


def _unavailable(error: OSError) -> TransportError:
    return TransportError(
        TRANSPORT_UNAVAILABLE,
        f"The folder for issues cannot be used ({error.strerror}). Check PRISM_VAR_DIR.",
        Retry.NEEDS_FIX,
        None,
        str(error),
    )
