"""Run one program under a deadline that holds even when this process is killed.

Guarantees, on Linux with coreutils and util-linux (both essential in Debian):

- The program never outlives `timeout_seconds + 2 * grace_seconds + 1`. While this process lives
  it sends SIGTERM to the program's group at the deadline and SIGKILL after the grace period. When
  this process is killed (`kill -9`), coreutils `timeout`, which stands between the two, does the
  same a little later.
- When this process dies, the program is told to end at once: `setpriv --pdeathsig` marks the
  `timeout` process, which passes the signal on. A death between fork and that mark is caught by
  the deadline alone. None of our code runs between fork and exec, so threads are safe.
- A descendant that leaves the process group (`setsid`) is out of reach; gh starts none.

Where the two helpers are missing (macOS) only the first half of the first point holds.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from phonehome.transports.pipes import Pipes

OUTPUT_LIMIT_BYTES = 1 << 20
GRACE_SECONDS = 2.0
# `timeout` could not run the program, or setpriv could not do its part. The program itself may end
# with these codes too, so the words on standard error decide.
_WATCHDOG_FAILED_CODES = frozenset({1, 125, 126, 127})
_WATCHDOG_COMPLAINT = re.compile(rb"(?:/usr)?/bin/(?:timeout|setpriv): ")
_WATCHDOG_CODE = 124  # the exit code of `timeout` when it ended the program


class CommandNotStarted(Exception):
    """The program is missing, is not executable or could not be started; nothing ran."""


@dataclass(frozen=True)
class Outcome:
    """How a program ended. Output beyond the limit is read and dropped (`truncated`).

    `exit_code` is negative (minus the signal) when the program was killed by a signal.
    """

    exit_code: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    timed_out: bool
    truncated: bool
    seconds: float

    @property
    def killed(self) -> bool:
        """It did not end by its own decision: what it had done by then is unknown."""
        return self.timed_out or self.exit_code < 0


def run(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    stdin: bytes = b"",
    timeout_seconds: float,
    grace_seconds: float = GRACE_SECONDS,
    output_limit_bytes: int = OUTPUT_LIMIT_BYTES,
) -> Outcome:
    """Run `argv` with exactly `environ`, `stdin` on standard input, in a group of its own.

    The working directory is the root folder, so no project's own configuration is picked up.
    Blocks at most `timeout_seconds + grace_seconds` and then reaps. Any exception that interrupts
    the wait (a soft time limit, Ctrl-C) ends and reaps the group before it travels on.
    Raises CommandNotStarted.
    """
    started = time.monotonic()
    watched = _watched(argv, timeout_seconds, grace_seconds)
    try:
        child = subprocess.Popen(  # noqa: S603 - a fixed argv, no shell
            watched,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise CommandNotStarted(f"{os.path.basename(argv[0])}: {error.strerror}") from None
    pipes = Pipes(child, stdin, output_limit_bytes)
    timed_out = False
    try:
        if not pipes.pump(child, started + timeout_seconds):
            timed_out = True
            _signal_group(child, signal.SIGTERM)
            pipes.pump(child, time.monotonic() + grace_seconds)
    finally:
        # Before the leader is reaped, its group id cannot be reused: the signal hits only ours.
        _signal_group(child, signal.SIGKILL)
        code = child.wait()
        pipes.close()
    if watched is not argv:
        if code in _WATCHDOG_FAILED_CODES and _WATCHDOG_COMPLAINT.match(pipes.stderr):
            raise CommandNotStarted(pipes.stderr.decode(errors="replace").strip()[:300])
        timed_out = timed_out or code == _WATCHDOG_CODE
        if code > 128:  # the shell's way to say "killed by signal", as `timeout` reports it
            code = 128 - code
    return Outcome(
        exit_code=code,
        stdout=bytes(pipes.stdout),
        stderr=bytes(pipes.stderr),
        timed_out=timed_out,
        truncated=pipes.truncated,
        seconds=time.monotonic() - started,
    )


def _watched(argv: Sequence[str], timeout_seconds: float, grace_seconds: float) -> Sequence[str]:
    """`argv` behind the watchdog, or `argv` itself where there is none."""
    timeout = shutil.which("timeout", path=_SYSTEM_PATH)
    if timeout is None:
        return argv
    # Later than our own deadline, so that it acts only when we no longer can.
    deadline = timeout_seconds + grace_seconds + 1
    watched = [timeout, f"--kill-after={grace_seconds:g}", f"{deadline:g}", *argv]
    setpriv = shutil.which("setpriv", path=_SYSTEM_PATH)
    return watched if setpriv is None else [setpriv, "--pdeathsig=TERM", *watched]


# The watchdogs come from the system, never from the caller's PATH: that decides only which gh runs.
_SYSTEM_PATH = "/usr/bin:/bin"


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
