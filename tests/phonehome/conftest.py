"""A folder that issues would go to, a clock that can be moved, a transport that does as told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel import clock
from kernel.duties import run_duties
from phonehome.models import Shipment
from phonehome.services.carry_shipment import ship_now
from tests.phonehome.scripted_transport import ScriptedTransport


class MovedClock:
    """The product's clock, so many seconds ahead of the real one (negative: behind)."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self.ahead_seconds = 0.0

    def __call__(self) -> datetime:
        return self._real() + timedelta(seconds=self.ahead_seconds)

    def move(self, seconds: float) -> None:
        self.ahead_seconds += seconds


@pytest.fixture
def moved_clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    moved = MovedClock(clock.now)
    monkeypatch.setattr(clock, "now", moved)
    return moved


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> Path:
    """The folder that the folder transport writes to."""
    settings.PHONE_HOME_FOLDER = tmp_path / "issues"
    return tmp_path / "issues"


def filed_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/issues/*.md"))


@pytest.fixture
def nothing_leaves(outbox: Path) -> Callable[[], None]:
    """Try everything that ships, twice over; nothing may be filed."""

    def check() -> None:
        for _ in range(2):
            run_duties()
            for pk in Shipment.objects.values_list("pk", flat=True):
                ship_now(pk)
        assert filed_in(outbox) == []

    return check


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedTransport]:
    """The transport in force."""
    transport = ScriptedTransport(tmp_path / "hub.jsonl")
    monkeypatch.setattr(
        "phonehome.services.carry_shipment.open_transport", lambda name=None: transport
    )
    yield transport
    transport.let_go()
