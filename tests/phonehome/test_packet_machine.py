"""Any order of anything: nothing ships without its approval, nothing ships twice."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from phonehome.services import cross_link
from tests.cast import Cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packet_machine import LOOK_SECONDS, PacketMachine, WatchedTransport
from tests.phonehome.packets import triaged_incident


@pytest.mark.django_db
def test_every_order_of_events(
    cast: Cast,
    moved_clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
    settings_of_the_product: Any,
    tmp_path: Path,
) -> None:
    settings_of_the_product.PHONE_HOME_LOOK_SECONDS = LOOK_SECONDS
    hub = WatchedTransport(tmp_path / "hub.jsonl")
    monkeypatch.setattr("phonehome.services.carry_shipment.open_transport", lambda name=None: hub)
    tell = cross_link.tell_reporter

    def tell_or_fail(*args: Any, **kwargs: Any) -> Any:
        if PacketMachine.cross_link_fails:
            PacketMachine.cross_link_fails = False
            raise RuntimeError("the cross-link broke")
        return tell(*args, **kwargs)

    monkeypatch.setattr(cross_link, "tell_reporter", tell_or_fail)
    PacketMachine.cast, PacketMachine.clock, PacketMachine.hub = cast, moved_clock, hub
    PacketMachine.incidents = [triaged_incident(cast), triaged_incident(cast)]

    run_state_machine_as_test(
        PacketMachine,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def settings_of_the_product(settings: Any) -> Any:
    return settings
