"""Periodic duties: what the sweep does, registered by the apps that own them.

A task is only a nudge; a duty finds what was dropped. Each duty may run any number of times, in
any number of processes at once: the rows decide who does the work.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

_DUTIES: dict[str, Callable[[], int]] = {}


@dataclass(frozen=True)
class DutyResult:
    """One duty of one pass: how many rows it moved, how long it took, whether it failed."""

    name: str
    done: int
    elapsed_ms: float
    failed: bool


def register_duty(name: str, work: Callable[[], int]) -> None:
    """Add a duty; `work` returns how many rows it moved. Order of registration is order of work."""
    _DUTIES[name] = work


def run_duties() -> list[DutyResult]:
    """One pass over every duty. One that fails is logged and does not stop the others."""
    results = []
    for name, work in list(_DUTIES.items()):
        started = time.perf_counter()
        done, failed = 0, False
        try:
            done = work()
        except Exception:
            failed = True
            log.exception("duty.failed", duty=name)
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        if done:
            log.info("duty.done", duty=name, done=done, elapsed_ms=elapsed_ms)
        results.append(DutyResult(name, done, elapsed_ms, failed))
    return results
