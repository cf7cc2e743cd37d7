"""A program that the demo starts, listens to and ends."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from prism_care.demo.failure import DemoFailed
from prism_care.stack.supervisor import GUARD

PROJECT = Path(__file__).resolve().parents[2]
_END_SECONDS = 30.0
_SECRETS = re.compile(r"prc_\w+|(?<=Password    )\S+")

Found = TypeVar("Found")


class Background:
    """A Python program of the project and everything it printed.

    A guard ends it even when the demo is killed (prism_care.stack.guard).
    """

    def __init__(self, name: str, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self._printed: list[str] = []
        self._changed = threading.Condition()
        read_end, self._lifeline = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603 - our own programs
            [
                *(sys.executable, "-I", "-S", str(GUARD), str(read_end), str(_END_SECONDS), "-1"),
                *(sys.executable, *arguments),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            cwd=PROJECT,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=[read_end],
        )
        os.close(read_end)
        self._ending = False
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def wait_for(self, look: Callable[[str], Found | None], seconds: float) -> Found:
        """What `look` finds in the output. Raises DemoFailed when the time or the program ends."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while (found := look("".join(self._printed))) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise DemoFailed(f"{self.name} was not ready within {seconds:.0f} seconds")
                if not self._listener.is_alive():
                    raise DemoFailed(f"{self.name} ended with exit code {self._process.wait()}")
                self._changed.wait(min(left, 0.5))
        return found

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> int:
        """Ask it to end, or kill it after 30 seconds; its exit code. May be called again."""
        if not self._ending:
            self._ending = True
            os.close(self._lifeline)
        code = self._process.wait()
        self._listener.join(_END_SECONDS)
        return code

    def tail(self, lines: int = 40) -> str:
        """The last lines it printed, without keys and passwords."""
        with self._changed:
            return _SECRETS.sub("(hidden)", "".join("".join(self._printed[-lines:])))

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                with self._changed:
                    self._printed.append(line)
                    self._changed.notify_all()
