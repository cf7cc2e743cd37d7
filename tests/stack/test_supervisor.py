"""The supervisor: started together, ended together, whoever ends first."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from prism_care.stack.lock import FolderInUse, lock_folder
from tests.stack.processes import (
    CHATTERS,
    ENDS_WHEN_TOLD,
    FORKS,
    STUBBORN,
    WAITS,
    Watched,
    supervised,
)

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(90)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_program_and_counts_as_success(
    tmp_path: Path, number: signal.Signals
) -> None:
    with supervised(tmp_path, f"web={WAITS}", f"worker={WAITS}", pids=2) as (supervisor, watched):
        supervisor.send_signal(number)

        assert supervisor.wait(20) == 0
        assert all(process.has_ended(0) for process in watched)


def test_output_is_prefixed_with_the_program(tmp_path: Path) -> None:
    says = "print('one\\ntwo'); print('three', end='')"
    with supervised(tmp_path, f"web={says}", pids=0) as (supervisor, _):
        output, _ = supervisor.communicate(timeout=20)

    assert "web    | one\nweb    | two\nweb    | three\n" in output


def test_a_killed_supervisor_leaves_nobody(tmp_path: Path) -> None:
    with supervised(tmp_path, f"web={FORKS}", f"worker={WAITS}", pids=3) as (supervisor, watched):
        supervisor.kill()

        assert all(process.has_ended() for process in watched)


def test_a_killed_supervisors_folder_stays_taken_until_its_programs_have_ended(
    tmp_path: Path,
) -> None:
    with supervised(tmp_path, f"web={STUBBORN}", grace=1.0, pids=1) as (supervisor, watched):
        supervisor.kill()
        supervisor.wait(20)

        with pytest.raises(FolderInUse):
            lock_folder(tmp_path)
        assert watched[0].has_ended()


def test_a_program_that_ends_ends_the_others_and_gives_its_exit_code(tmp_path: Path) -> None:
    programs = (f"web={ENDS_WHEN_TOLD}", f"worker={WAITS}")
    with supervised(tmp_path, *programs, pids=2) as (supervisor, watched):
        os.kill(next(one.pid for one in watched if one.name == "web"), signal.SIGUSR1)
        output, _ = supervisor.communicate(timeout=20)

        assert supervisor.returncode == 7
        assert "stack  | web ended with exit code 7; ending the stack\n" in output
        assert all(process.has_ended(0) for process in watched)


def test_a_program_that_ends_well_by_itself_is_a_failure_too(tmp_path: Path) -> None:
    with supervised(tmp_path, "web=pass", f"worker={WAITS}", pids=0) as (supervisor, _):
        supervisor.communicate(timeout=20)

        assert supervisor.returncode == 1


def test_a_killed_program_is_named_with_its_signal(tmp_path: Path) -> None:
    with supervised(tmp_path, f"web={WAITS}", pids=1) as (supervisor, watched):
        os.kill(watched[0].pid, signal.SIGKILL)
        output, _ = supervisor.communicate(timeout=20)

        assert supervisor.returncode == 128 + signal.SIGKILL
        assert "web was ended by signal 9" in output


def test_what_a_program_left_running_ends_with_it(tmp_path: Path) -> None:
    """Celery's pool would otherwise outlive a killed worker."""
    with supervised(tmp_path, f"worker={FORKS}", pids=2) as (supervisor, watched):
        first = min(watched, key=lambda process: process.pid)
        os.kill(first.pid, signal.SIGKILL)

        assert all(process.has_ended() for process in watched)
        assert supervisor.wait(20) == 128 + signal.SIGKILL


def test_a_program_that_does_not_hear_is_killed_after_its_grace(tmp_path: Path) -> None:
    with supervised(tmp_path, f"web={STUBBORN}", grace=0.2, pids=1) as (supervisor, watched):
        supervisor.terminate()

        assert supervisor.wait(20) == 0
        assert watched[0].has_ended(0)


@pytest.mark.parametrize("program", [WAITS, CHATTERS], ids=["quiet", "chatty"])
def test_closing_the_output_ends_the_stack(tmp_path: Path, program: str) -> None:
    """`make run | head`, or a demo that was killed: nobody is left to see or end the stack."""
    with supervised(tmp_path, f"web={program}", pids=1) as (supervisor, watched):
        assert supervisor.stdout is not None
        supervisor.stdout.close()

        supervisor.wait(20)
        assert watched[0].has_ended(0)


def test_a_second_stack_on_the_folder_is_refused(tmp_path: Path) -> None:
    with supervised(tmp_path, f"web={WAITS}", pids=1) as (supervisor, _):
        with pytest.raises(FolderInUse, match=rf"process {supervisor.pid}\)"):
            lock_folder(tmp_path)
        supervisor.terminate()
        supervisor.wait(20)
    os.close(lock_folder(tmp_path))


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    guard = Path("prism_care/stack/guard.py").resolve()
    read_end, write_end = os.pipe()
    result = subprocess.run(
        ["python3", "-I", "-S", str(guard), str(read_end), "1", "-1", "/no/such/program"],
        pass_fds=[read_end],
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(write_end)
    os.close(read_end)
    assert (result.returncode, result.stderr) == (
        127,
        "could not start /no/such/program: No such file or directory\n",
    )


def test_watching_sees_a_living_process() -> None:
    """The tests above would pass on a watcher that always says "ended"."""
    own = Watched(os.getpid())
    assert not own.has_ended(0)
    own.close()
