"""Issues as files: complete or absent, numbered once, found by their marker."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from phonehome.transports import folder as folder_module
from phonehome.transports.base import (
    ISSUE_CREATE_FAILED,
    OUTCOME_UNKNOWN,
    TRANSPORT_UNAVAILABLE,
    Retry,
    TransportError,
)
from phonehome.transports.folder import FolderTransport
from tests.phonehome.transports.drafts import draft, new_marker
from tests.phonehome.transports.test_gh_create import BODIES
from tests.standins.github import DEFAULT_REPO

ROOT = Path(__file__).parents[3]


@pytest.fixture
def transport(tmp_path: Path) -> FolderTransport:
    return FolderTransport(tmp_path / "filed")


def issues(root: Path) -> list[str]:
    return sorted(p.name for p in (root / "filed" / "FrankTewksbury__Prism" / "issues").iterdir())


def content(root: Path, number: int) -> bytes:
    return (root / "filed/FrankTewksbury__Prism/issues" / f"{number}.md").read_bytes()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_body_is_written_byte_for_byte(
    tmp_path: Path, transport: FolderTransport, body: str
) -> None:
    given = draft(body=body)

    filed = transport.create(given)

    assert (filed.url, filed.number) == (f"folder://{DEFAULT_REPO}/issues/1", 1)
    assert content(tmp_path, 1).endswith(b"\n---\n" + given.body.encode())


def test_head_tells_the_rest(tmp_path: Path, transport: FolderTransport) -> None:
    given = draft(title='-x: "quoted" # ünd 👩‍🔧', labels=("kind:incident", "a b"))
    transport.create(given)

    lines = content(tmp_path, 1).decode().split("\n---\n")[0].splitlines()
    head = {key: json.loads(value) for key, value in (line.split(": ", 1) for line in lines[1:])}

    created = datetime.fromisoformat(head.pop("created_at"))
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)
    assert head == {
        "number": 1,
        "repo": DEFAULT_REPO,
        "title": given.title,
        "labels": list(given.labels),
        "marker": given.marker,
    }


def test_found_by_marker(transport: FolderTransport) -> None:
    first, second = draft(), draft()
    for given in (first, second):
        transport.create(given)

    assert [i.number for i in transport.find_by_marker(DEFAULT_REPO, second.marker)] == [2]
    recent = datetime.now(UTC)
    assert [i.number for i in transport.find_by_marker(DEFAULT_REPO, first.marker, recent)] == [1]
    later = recent + timedelta(minutes=11)
    assert transport.find_by_marker(DEFAULT_REPO, first.marker, later) == []
    assert transport.find_by_marker(DEFAULT_REPO, new_marker()) == []
    assert transport.find_by_marker("other/repo", first.marker) == []


def test_numbers_are_never_given_out_again(tmp_path: Path, transport: FolderTransport) -> None:
    for _ in range(3):
        transport.create(draft())
    for number in (2, 3):
        (tmp_path / f"filed/FrankTewksbury__Prism/issues/{number}.md").unlink()

    assert transport.create(draft()).number == 4
    assert issues(tmp_path) == ["1.md", "4.md"]


def test_preflight_creates_the_folder(tmp_path: Path, transport: FolderTransport) -> None:
    found = transport.preflight(DEFAULT_REPO)

    assert (found.full_name, found.visibility) == (DEFAULT_REPO, "private")
    assert found == transport.preflight(DEFAULT_REPO)
    assert issues(tmp_path) == []


def test_root_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    transport = FolderTransport(tmp_path / "file")

    with pytest.raises(TransportError) as preflight:
        transport.preflight(DEFAULT_REPO)
    with pytest.raises(TransportError) as create:
        transport.create(draft())

    assert preflight.value.code == TRANSPORT_UNAVAILABLE
    assert create.value.code == ISSUE_CREATE_FAILED
    assert preflight.value.retry is create.value.retry is Retry.NEEDS_FIX


def test_crash_before_the_name_leaves_no_issue(
    tmp_path: Path, transport: FolderTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = draft()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "_write_synced", full)
        with pytest.raises(TransportError) as caught:
            transport.create(given)

    assert (caught.value.code, caught.value.retry) == (ISSUE_CREATE_FAILED, Retry.NEEDS_FIX)
    assert issues(tmp_path) == []
    assert transport.find_by_marker(DEFAULT_REPO, given.marker) == []
    assert transport.create(given).number == 2


def test_trouble_after_the_name_asks_for_a_look(
    tmp_path: Path, transport: FolderTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = draft()
    real = folder_module._sync_folder

    def failing(path: Path) -> None:
        if path.name == "issues":
            raise OSError(5, "Input/output error")
        real(path)

    monkeypatch.setattr(folder_module, "_sync_folder", failing)
    with pytest.raises(TransportError) as caught:
        transport.create(given)

    assert (caught.value.code, caught.value.retry) == (OUTCOME_UNKNOWN, Retry.LOOK)
    assert len(transport.find_by_marker(DEFAULT_REPO, given.marker)) == 1


# Dies without any tidying up between writing the file and giving it its name.
CRASHING = """
import os, sys
from pathlib import Path
from phonehome.transports.folder import FolderTransport
from tests.phonehome.transports.drafts import draft
os.link = lambda *_: os._exit(9)
FolderTransport(Path(sys.argv[1])).create(draft(marker=sys.argv[2]))
"""

WRITER = """
import sys
from pathlib import Path
from phonehome.transports.folder import FolderTransport
from tests.phonehome.transports.drafts import draft
transport = FolderTransport(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.readline()
for _ in range(25):
    print(transport.create(draft()).number)
"""


def test_killed_writer_leaves_no_half_issue(tmp_path: Path, transport: FolderTransport) -> None:
    marker = new_marker()
    argv = [sys.executable, "-c", CRASHING, str(tmp_path / "filed"), marker]

    assert subprocess.run(argv, cwd=ROOT, check=False).returncode == 9

    assert transport.find_by_marker(DEFAULT_REPO, marker) == []
    assert transport.create(draft()).number == 2


def test_two_processes_at_once(tmp_path: Path, transport: FolderTransport) -> None:
    argv = [sys.executable, "-c", WRITER, str(tmp_path / "filed")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    writers = [subprocess.Popen(argv, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for writer in writers:
        assert writer.stdout.readline() == "up\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    numbers = [int(line) for writer in writers for line in writer.communicate()[0].split()]

    assert sorted(numbers) == list(range(1, 51))
    assert issues(tmp_path) == sorted(f"{number}.md" for number in numbers)
    heads = {content(tmp_path, n).split(b"\n---\n")[0].split(b"\n")[1] for n in numbers}
    assert heads == {f"number: {n}".encode() for n in numbers}


def test_names_with_underscores_do_not_meet(tmp_path: Path, transport: FolderTransport) -> None:
    transport.create(draft(repo="a/_b"))
    transport.create(draft(repo="a/b__c"))

    names = {path.name for path in (tmp_path / "filed").iterdir()}
    assert names == {"a___b", "a__b__c"}
    assert os.sep not in "".join(names)


@pytest.mark.parametrize("repo", ["../x", "o/..", "o/../../x", "/etc/x", "o\\n/x", "o/n/x"])
def test_no_way_out_of_the_root(tmp_path: Path, transport: FolderTransport, repo: str) -> None:
    for call in (
        lambda: transport.create(draft(repo=repo)),
        lambda: transport.preflight(repo),
        lambda: transport.find_by_marker(repo, new_marker()),
    ):
        with pytest.raises(TransportError):
            call()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("label", ["a,b", "", "x" * 51])
def test_labels_that_github_would_not_take(transport: FolderTransport, label: str) -> None:
    with pytest.raises(TransportError):
        transport.ensure_labels(DEFAULT_REPO, (label,))
