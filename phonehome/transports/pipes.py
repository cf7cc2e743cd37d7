"""The three pipes of a child process, served without blocking and without growing past a limit."""

import contextlib
import os
import selectors
import subprocess
import time
from typing import IO

_POLL_SECONDS = 0.05  # how soon the end is seen where the system cannot announce it (no pidfd)
_CHUNK_BYTES = 65_536


def _has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the leader has ended, without reaping it where the system allows."""
    if hasattr(os, "waitid"):
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, child.pid, flags) is not None
        except ChildProcessError:  # someone else reaped it
            return True
    return child.poll() is not None


def _open_end(child: subprocess.Popen[bytes]) -> int | None:
    """A descriptor that turns readable when the child ends; None where the system has none."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(child.pid)
    except OSError:  # an old kernel, or a container that forbids the call
        return None


class Pipes:
    """What a child reads and writes; each output is kept up to `limit_bytes`, the rest dropped."""

    def __init__(self, child: subprocess.Popen[bytes], stdin: bytes, limit_bytes: int) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.truncated = False
        self._limit_bytes = limit_bytes
        self._left = memoryview(stdin)
        self._stdin = child.stdin
        self._sinks: dict[IO[bytes], bytearray] = {
            child.stdout: self.stdout,
            child.stderr: self.stderr,
        }
        self._selector = selectors.DefaultSelector()
        self._end = _open_end(child)
        if self._end is not None:
            self._selector.register(self._end, selectors.EVENT_READ)
        for pipe in (child.stdin, child.stdout, child.stderr):
            os.set_blocking(pipe.fileno(), False)
        for source in self._sinks:
            self._selector.register(source, selectors.EVENT_READ)
        self._selector.register(self._stdin, selectors.EVENT_WRITE)

    def pump(self, child: subprocess.Popen[bytes], deadline: float) -> bool:
        """Move bytes until the child has ended (True) or the deadline has passed (False)."""
        while True:
            ended = _has_ended(child)
            left = deadline - time.monotonic()
            if left <= 0:
                return ended
            wait_seconds = left if self._end is not None else min(left, _POLL_SECONDS)
            moved = self._move(0.0 if ended else wait_seconds)
            if ended and not moved:
                return True

    def _move(self, wait_seconds: float) -> bool:
        if not self._selector.get_map():  # every pipe closed, the child still runs
            time.sleep(wait_seconds)
            return False
        moved = False
        for key, _ in self._selector.select(wait_seconds):
            pipe = key.fileobj
            if pipe is self._stdin:
                self._write()
            elif pipe is not self._end:
                moved = self._read(pipe) or moved  # type: ignore[arg-type]
        return moved

    def _write(self) -> None:
        try:
            sent = os.write(self._stdin.fileno(), self._left[:_CHUNK_BYTES]) if self._left else 0
        except BlockingIOError:
            return
        except BrokenPipeError:  # the program does not read: its exit code tells the rest
            sent = len(self._left)
        self._left = self._left[sent:]
        if not self._left:
            self._selector.unregister(self._stdin)
            self._stdin.close()

    def _read(self, pipe: IO[bytes]) -> bool:
        try:
            chunk = os.read(pipe.fileno(), _CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._selector.unregister(pipe)
            return False
        sink = self._sinks[pipe]
        room = self._limit_bytes - len(sink)
        sink += chunk[:room]
        self.truncated = self.truncated or len(chunk) > room
        return True

    def close(self) -> None:
        self._selector.close()
        if self._end is not None:
            os.close(self._end)
        for pipe in (self._stdin, *self._sinks):
            with contextlib.suppress(OSError):
                pipe.close()
