"""The same with the real gh, against a stand-in GitHub that breaks its answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phonehome.models import PhoneHomeRecord
from phonehome.states import PacketStatus
from tests.cast import Cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packets import (
    approved_packet,
    attempts_of,
    carry,
    carry_until_settled,
    carry_when_due,
    fresh,
)
from tests.standins.github import GitHubStandIn
from tests.standins.programs import require_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[GitHubStandIn]:
    require_program("gh")
    settings.GITHUB_TRANSPORT = "gh"
    settings.PHONE_HOME_GH_TIMEOUT_SECONDS = 2
    settings.PHONE_HOME_LOOK_SECONDS = 4
    with GitHubStandIn(tmp_path / "hub") as hub:
        for name, value in hub.gh_environment().items():
            monkeypatch.setenv(name, value)
        yield hub


def assert_filed_once(hub: GitHubStandIn, record: PhoneHomeRecord) -> None:
    (issue,) = hub.issues()
    record = fresh(record)
    revision = record.current
    assert record.status == PacketStatus.SHIPPED
    assert (record.issue_url, record.transport) == (issue["html_url"], "gh_cli")
    assert (issue["title"], issue["body"]) == (revision.title, revision.body_markdown)
    assert issue["labels"] == revision.labels


def test_filed(cast: Cast, hub: GitHubStandIn) -> None:
    record = approved_packet(cast)

    assert carry(record)

    assert_filed_once(hub, record)


@pytest.mark.parametrize(
    "fault", ["create_then_drop", "create_then_500", "create_then_hang", "create_then_blank"]
)
def test_created_but_not_confirmed(
    cast: Cast, hub: GitHubStandIn, moved_clock: MovedClock, fault: str
) -> None:
    record = approved_packet(cast)
    hub.inject(fault)

    carry(record)
    between = fresh(record)
    carry_when_due(record, moved_clock)

    assert between.status == PacketStatus.OUTCOME_UNKNOWN
    assert attempts_of(record) == ["unknown", "found"]
    assert len(hub.requests("create")) == 1
    assert_filed_once(hub, record)


@pytest.mark.parametrize("fault", ["late_create", "late_create_500"])
def test_created_late(cast: Cast, hub: GitHubStandIn, moved_clock: MovedClock, fault: str) -> None:
    record = approved_packet(cast)
    hub.inject(fault)
    carry(record)
    carry_when_due(record, moved_clock)
    hub.reveal()

    carry_when_due(record, moved_clock)

    assert attempts_of(record) == ["unknown", "unknown", "found"]
    assert_filed_once(hub, record)


@pytest.mark.parametrize("fault", ["drop_before_create", "hang_before_create"])
def test_never_created(cast: Cast, hub: GitHubStandIn, moved_clock: MovedClock, fault: str) -> None:
    record = approved_packet(cast)
    hub.inject(fault)

    carry_until_settled(record, moved_clock)

    assert len(hub.requests("create")) == 2
    assert_filed_once(hub, record)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("primary_limit", "phone_home_rate_limited"),
        ("502", "phone_home_transport_unavailable"),
        ("too_quickly", "phone_home_rate_limited"),
    ],
)
def test_tried_again_later(
    cast: Cast, hub: GitHubStandIn, moved_clock: MovedClock, fault: str, code: str
) -> None:
    record = approved_packet(cast)
    hub.inject(fault)

    carry(record)
    failed = fresh(record)
    carry_when_due(record, moved_clock)

    assert (failed.status, failed.error_code) == (PacketStatus.SHIP_FAILED, code)
    assert_filed_once(hub, record)


def test_repository_renamed_after_the_approval(cast: Cast, hub: GitHubStandIn) -> None:
    record = approved_packet(cast)
    hub.configure(full_name="FrankTewksbury/Prism-next")

    carry(record)

    assert fresh(record).error_code == "phone_home_target_changed"
    assert hub.issues() == []


def test_made_public_after_the_approval(cast: Cast, hub: GitHubStandIn) -> None:
    record = approved_packet(cast)
    hub.configure(visibility="public")

    carry(record)

    assert fresh(record).error_code == "phone_home_target_changed"
    assert hub.issues() == []


def test_renamed_while_nobody_knows(
    cast: Cast, hub: GitHubStandIn, moved_clock: MovedClock
) -> None:
    record = approved_packet(cast)
    hub.inject("create_then_drop")
    carry(record)
    hub.configure(full_name="FrankTewksbury/Prism-next")

    carry_when_due(record, moved_clock)

    assert fresh(record).status == PacketStatus.SHIPPED
    assert len(hub.issues()) == 1
