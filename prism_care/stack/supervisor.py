"""Starts the programs of the stack, prefixes their output and ends them together."""

import os
import selectors
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

GUARD = Path(__file__).with_name("guard.py")
# A program that writes without line ends must not grow our memory.
_LONGEST_LINE_BYTES = 64 * 1024
# make passes on a signal that its whole group was sent: the second within this time is the first.
_SAME_REQUEST_SECONDS = 1.0


@dataclass(frozen=True)
class Program:
    """One child: `command` in `environment`, with `grace_seconds` between SIGTERM and SIGKILL.

    `handed_on` is a descriptor it inherits (a listening socket), or -1.
    """

    name: str
    command: Sequence[str]
    grace_seconds: float = 10.0
    environment: dict[str, str] | None = None
    handed_on: int = -1


@dataclass
class _Child:
    program: Program
    guard: subprocess.Popen[bytes]
    lifeline: int | None
    unfinished: bytes = b""


@dataclass
class Supervisor:
    """Runs `programs` until one ends, `stop()` is called or a signal asks for the end.

    `held` are descriptors (a lock file) that stay open until the last program is gone, even
    when the supervisor is killed. Use it in the main thread: it listens to signals.
    """

    programs: Sequence[Program]
    out: BinaryIO
    folder: Path
    held: Sequence[int] = ()
    _children: list[_Child] = field(default_factory=list)
    _stopping: bool = False
    _asked_at: float = 0.0
    _exit_code: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _wake: tuple[int, int] = (-1, -1)

    def run(self, started: Callable[[], None] | None = None) -> int:
        """0 after a wished end; else the exit code of the program that ended by itself.

        `started` is called in a thread of its own once every program has been started.
        """
        with selectors.DefaultSelector() as selector, self._signals(selector):
            try:
                for program in self.programs:
                    child = self._start(program)
                    selector.register(_output(child), selectors.EVENT_READ, child)
                if started is not None:
                    threading.Thread(target=started, daemon=True).start()
                while self._children:
                    for key, _ in selector.select():
                        if isinstance(key.data, _Child):
                            self._read(selector, key.data)
                        elif key.data == "reader":
                            selector.unregister(key.fd)
                            self.stop("the output was closed")
                        else:
                            self._heed(os.read(self._wake[0], 64))
                    self._notice_ends(selector)
            finally:
                self._cut_lifelines()
                for child in self._children:
                    child.guard.wait()
        return self._exit_code

    def say(self, text: str, name: str = "stack") -> None:
        """Write lines of our own among those of the programs."""
        self._write(name, text.encode().splitlines())

    def show(self, text: str) -> None:
        """Write text as it is, without a prefix, in one piece."""
        self._put(text.encode())

    def stop(self, reason: str, exit_code: int = 0) -> None:
        """End everything from any thread; the first reason and exit code stand."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
            self._exit_code = exit_code
        self.say(reason)
        self._cut_lifelines()

    def _start(self, program: Program) -> _Child:
        read_end, write_end = os.pipe()
        guard = subprocess.Popen(  # noqa: S603 - our own programs
            [
                *(sys.executable, "-I", "-S", str(GUARD)),
                *(str(read_end), str(program.grace_seconds), str(program.handed_on)),
                *program.command,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=program.environment,
            # Out of the terminal's group: Ctrl-C reaches the supervisor, which ends them in order.
            start_new_session=True,
            pass_fds=[read_end, *self.held]
            + ([program.handed_on] if program.handed_on >= 0 else []),
        )
        os.close(read_end)
        child = _Child(program, guard, write_end)
        os.set_blocking(_output(child), False)
        self._children.append(child)
        return child

    def _read(self, selector: selectors.BaseSelector, child: _Child) -> None:
        try:
            data = os.read(_output(child), 65536)
        except BlockingIOError:
            return
        if not data:
            selector.unregister(_output(child))
            return
        *lines, rest = (child.unfinished + data).split(b"\n")
        if len(rest) > _LONGEST_LINE_BYTES:
            lines, rest = [*lines, rest], b""
        child.unfinished = rest
        self._write(child.program.name, lines)

    def _heed(self, signals: bytes) -> None:
        for number in signals:
            if number not in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                continue
            if not self._stopping:
                self._asked_at = time.monotonic()
                self.stop("ending (press Ctrl-C again to end at once)")
            elif time.monotonic() - self._asked_at > _SAME_REQUEST_SECONDS:
                for child in self._children:
                    child.guard.terminate()

    def _notice_ends(self, selector: selectors.BaseSelector) -> None:
        for child in list(self._children):
            code = child.guard.poll()
            if code is None:
                continue
            if _output(child) in {key.fd for key in selector.get_map().values()}:
                self._read(selector, child)
                if _output(child) in {key.fd for key in selector.get_map().values()}:
                    selector.unregister(_output(child))
            if child.unfinished:
                self._write(child.program.name, [child.unfinished])
            assert child.guard.stdout is not None
            child.guard.stdout.close()
            self._children.remove(child)
            self.stop(f"{child.program.name} {_how(code)}; ending the stack", code or 1)

    def _cut_lifelines(self) -> None:
        for child in self._children:
            with self._lock:
                lifeline, child.lifeline = child.lifeline, None
            if lifeline is not None:
                os.close(lifeline)

    @contextmanager
    def _signals(self, selector: selectors.BaseSelector) -> Iterator[None]:
        self._wake = os.pipe()
        for end in self._wake:
            os.set_blocking(end, False)
        selector.register(self._wake[0], selectors.EVENT_READ)
        if stat.S_ISFIFO(os.fstat(self.out.fileno()).st_mode):
            # A write end "can be read" once nobody reads the other end any more.
            selector.register(self.out.fileno(), selectors.EVENT_READ, "reader")
        heeded = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to outlive it
            heeded.append(signal.SIGHUP)
        before = {number: signal.signal(number, lambda *_: None) for number in heeded}
        before_fd = signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before_fd)
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in self._wake:
                os.close(end)

    def _write(self, name: str, lines: Sequence[bytes]) -> None:
        prefix = f"{name:<6} | ".encode()
        self._put(b"".join(prefix + line.rstrip(b"\r") + b"\n" for line in lines))

    def _put(self, data: bytes) -> None:
        try:
            self.out.write(data)
            self.out.flush()
        except (BrokenPipeError, ValueError):
            # Whoever read our output has gone; without a reader there is nobody to serve.
            self.out = open(os.devnull, "wb")  # noqa: SIM115
            self.stop("the output was closed")


def _output(child: _Child) -> int:
    assert child.guard.stdout is not None
    return child.guard.stdout.fileno()


def _how(code: int) -> str:
    if code > 128:
        return f"was ended by signal {code - 128}"
    if code < 0:
        return f"was ended by signal {-code}"
    return f"ended with exit code {code}"
