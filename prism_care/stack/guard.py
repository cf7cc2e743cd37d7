"""Runs one program of the stack and ends it when the stack ends, however that ends.

    python guard.py LIFELINE GRACE_SECONDS HANDED_ON COMMAND...

LIFELINE is the read end of a pipe whose only write end is the supervisor's. It closes when the
supervisor says so, dies, or is killed, so one path ends the program in every case: SIGTERM to the
program, GRACE_SECONDS, then SIGKILL to its process group. SIGTERM to the guard skips the grace.
HANDED_ON is a descriptor the program inherits, or -1. The guard exits with the program's exit
code, 128 plus the signal when a signal ended it.

Standard library only and run by its path: a guard starts in milliseconds and stays small.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading


def main(lifeline: int, grace_seconds: float, handed_on: int, command: list[str]) -> int:
    # A group of its own: killing it ends what the program started, and spares the guard.
    try:
        program = subprocess.Popen(  # noqa: S603 - what the supervisor asks for
            command, process_group=0, pass_fds=() if handed_on < 0 else (handed_on,)
        )
    except OSError as error:
        sys.stderr.write(f"could not start {command[0]}: {error.strerror}\n")
        return 127
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _kill_group(program.pid))
    threading.Thread(
        target=_end_with_the_stack,
        args=(lifeline, program.pid, grace_seconds, ended),
        daemon=True,
    ).start()
    # Left unreaped until its group is gone, so that the number cannot be another process's.
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
    ended.set()
    _kill_group(program.pid)
    code = program.wait()
    return code if code >= 0 else 128 - code


def _end_with_the_stack(
    lifeline: int, pid: int, grace_seconds: float, ended: threading.Event
) -> None:
    os.read(lifeline, 1)  # returns when the write end is closed
    if ended.is_set():
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not ended.wait(grace_seconds):
        _kill_group(pid)


def _kill_group(pid: int) -> None:
    # Nobody may be left; macOS says so by refusing permission.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
