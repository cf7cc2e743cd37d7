"""Watching processes that are not our children: waiting on their end, not on the clock."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 20.0

# One write: two processes on one pipe would mix what print() writes in pieces.
_SAYS_PID = "os.write(1, b'pid %d\\n' % os.getpid())"
# Says who it is and waits for a signal.
WAITS = f"import os, signal; {_SAYS_PID}; signal.pause()"
# Never stops writing.
CHATTERS = f"import os; {_SAYS_PID}\nwhile True: print('x' * 4096)"
# Leaves a second process of its group behind.
FORKS = f"import os, signal; os.fork(); {_SAYS_PID}; signal.pause()"
# Ends with exit code 7 when told to by SIGUSR1.
ENDS_WHEN_TOLD = (
    "import os, signal, sys; signal.signal(signal.SIGUSR1, lambda *_: sys.exit(7)); "
    f"{_SAYS_PID}; signal.pause()"
)
# Does not hear SIGTERM.
STUBBORN = (
    "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    f"{_SAYS_PID}\nwhile True: signal.pause()"
)


class Watched:
    """A process by its number, held open so that the number cannot come to mean another."""

    def __init__(self, pid: int, name: str = "") -> None:
        self.pid = pid
        self.name = name
        self._descriptor = os.pidfd_open(pid)

    def has_ended(self, within_seconds: float = LONGEST_SECONDS) -> bool:
        return bool(select.select([self._descriptor], [], [], within_seconds)[0])

    def close(self) -> None:
        os.close(self._descriptor)


@contextmanager
def supervised(
    folder: Path, *programs: str, grace: float = 5.0, pids: int
) -> Iterator[tuple[subprocess.Popen[str], list[Watched]]]:
    """A running supervisor and the processes its programs named, `pids` of them."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.stack.two_programs", str(folder), str(grace), *programs],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    ) as supervisor:
        watched: list[Watched] = []
        try:
            assert supervisor.stdout is not None
            while len(watched) < pids:
                line = supervisor.stdout.readline()
                assert line, "the supervisor ended before its programs started"
                if " | pid " in line:
                    watched.append(Watched(int(line.split()[-1]), line.split()[0]))
            yield supervisor, watched
        finally:
            supervisor.kill()
            for process in watched:
                process.close()
