"""A program under a deadline: nothing it started outlives it, even when we are killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from phonehome.transports.process import CommandNotStarted, Outcome, run
from tests.phonehome.transports.drafts import is_running, wait_until
from tests.standins.programs import require_program

PATH = {"PATH": os.environ["PATH"]}
ROOT = Path(__file__).parents[3]

# Writes its own number and that of a child into the folder; both ignore SIGTERM.
STUBBORN = """trap '' TERM
sh -c 'trap "" TERM; echo $$ > "$0/child.new"; mv "$0/child.new" "$0/child"
       while :; do sleep 0.1; done' "$0" &
echo $$ > "$0/parent.new"; mv "$0/parent.new" "$0/parent"
while :; do sleep 0.1; done"""


def shell(script: str, *arguments: str, **options: object) -> Outcome:
    settings: dict[str, object] = {"timeout_seconds": 20, "environ": PATH} | options
    return run(["sh", "-c", script, *arguments], **settings)  # type: ignore[arg-type]


def started(folder: Path) -> list[int]:
    """The process numbers that STUBBORN has written down so far."""
    return [int(p.read_text()) for p in (folder / "parent", folder / "child") if p.exists()]


def test_output_input_and_exit_code() -> None:
    outcome = shell("cat; echo words >&2; exit 3", stdin=b"\x00\xff\r\n")

    assert (outcome.stdout, outcome.stderr, outcome.exit_code) == (b"\x00\xff\r\n", b"words\n", 3)
    assert not outcome.killed
    assert not outcome.timed_out
    assert not outcome.truncated


def test_more_input_and_output_than_a_pipe_holds() -> None:
    data = os.urandom(900_000)

    assert shell("cat", stdin=data).stdout == data


def test_output_is_bounded() -> None:
    outcome = shell(
        "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 5", output_limit_bytes=1000
    )

    assert (len(outcome.stdout), len(outcome.stderr), outcome.truncated) == (1000, 1000, True)
    assert outcome.exit_code == 5  # the rest was read, so nothing held the program up


def test_input_that_nobody_reads() -> None:
    assert shell("exit 4", stdin=b"x" * 1_000_000).exit_code == 4


@pytest.mark.parametrize("code", [1, 2, 124, 125, 126, 127])
def test_exit_code_of_its_own(code: int) -> None:
    """127 from the program is not 127 from the watchdog; 124 counts as ended, to be safe."""
    outcome = shell(f"exit {code}")

    assert outcome.exit_code == code
    assert outcome.killed is (code == 124)


def test_signal_is_seen() -> None:
    outcome = shell("kill -9 $$")

    assert (outcome.exit_code, outcome.killed, outcome.timed_out) == (-9, True, False)


@pytest.mark.parametrize("argv", [["/nowhere/gh"], ["/etc/passwd"], ["/"]])
def test_program_that_cannot_be_started(argv: list[str]) -> None:
    with pytest.raises(CommandNotStarted):
        run(argv, environ=PATH, timeout_seconds=5)


def test_deadline_ends_the_whole_group(tmp_path: Path) -> None:
    outcome = shell(STUBBORN, str(tmp_path), timeout_seconds=1, grace_seconds=0.3)

    assert outcome.timed_out
    assert outcome.seconds < 5
    pids = started(tmp_path)
    assert len(pids) == 2
    wait_until(lambda: not any(map(is_running, pids)), "the group has ended")


def test_deadline_asks_politely_first(tmp_path: Path) -> None:
    script = f"trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.05; done # {tmp_path}"
    outcome = shell(script, timeout_seconds=0.5, grace_seconds=10)

    assert outcome.stdout == b"up\nasked\n"
    assert outcome.timed_out
    assert outcome.seconds < 5


def test_child_left_behind_is_ended_and_not_waited_for(tmp_path: Path) -> None:
    outcome = shell('sleep 300 & echo $! > "$0/child"; echo done', str(tmp_path))

    assert outcome.stdout == b"done\n"
    assert outcome.seconds < 5
    wait_until(lambda: not any(map(is_running, started(tmp_path))), "the child has ended")


def test_interrupted_wait_ends_the_group(tmp_path: Path) -> None:
    """A soft time limit raises in the middle of the wait."""

    class Interrupted(Exception):
        pass

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    def when_up() -> None:
        wait_until(lambda: len(started(tmp_path)) == 2, "it runs")
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    helper = threading.Thread(target=when_up)
    try:
        helper.start()
        with pytest.raises(Interrupted):
            shell(STUBBORN, str(tmp_path))
    finally:
        helper.join()
        signal.signal(signal.SIGUSR1, before)
    wait_until(lambda: not any(map(is_running, started(tmp_path))), "the group has ended")


def test_many_threads_at_once() -> None:
    results: list[bytes] = []

    def work(number: int) -> None:
        results.append(shell("cat", stdin=str(number).encode()).stdout)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [str(number).encode() for number in range(8)]


# A worker: runs STUBBORN (argv 1) on a folder (argv 2) and waits for it (argv 3: seconds). Where
# argv 4 says so, it does without the signal at its own death.
WORKER = """
import os, shutil, sys
from phonehome.transports import process
real = shutil.which
if sys.argv[4] == "watchdog":
    def which(name, path=None):
        return None if name == "setpriv" else real(name, path=path)
    process.shutil.which = which
process.run(["sh", "-c", sys.argv[1], sys.argv[2]], environ={"PATH": os.environ["PATH"]},
            timeout_seconds=float(sys.argv[3]), grace_seconds=0.3)
"""


@pytest.mark.parametrize(
    ("means", "timeout_seconds"),
    [("signal", 300), ("watchdog", 2)],
    ids=["at once", "by the deadline"],
)
def test_killed_worker_leaves_nothing_running(
    tmp_path: Path, means: str, timeout_seconds: int
) -> None:
    for program in ("timeout", "setpriv"):
        require_program(program)
    argv = [sys.executable, "-c", WORKER, STUBBORN, str(tmp_path), str(timeout_seconds), means]
    worker = subprocess.Popen(argv, cwd=ROOT)
    try:
        wait_until(lambda: len(started(tmp_path)) == 2, "it runs")
        begun = time.monotonic()
    finally:
        worker.kill()
        worker.wait()

    pids = started(tmp_path)
    wait_until(lambda: not any(map(is_running, pids)), "the group has ended")
    if means == "watchdog":  # it was the deadline, not the death of the worker
        assert time.monotonic() - begun > 1
