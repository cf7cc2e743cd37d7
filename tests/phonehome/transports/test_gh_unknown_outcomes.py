"""A create that was not confirmed: never called a failure, always found again by its marker."""

import pytest

from phonehome.transports.base import OUTCOME_UNKNOWN, FiledIssue, Retry, TransportError
from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.drafts import draft
from tests.phonehome.transports.fakes import MakeGh
from tests.standins.github import DEFAULT_REPO, GitHubStandIn

CREATED = [
    "create_then_drop",
    "create_then_truncate",
    "create_then_500",
    "create_then_502",
    "create_then_wrong",
    "create_then_empty",
    "create_then_blank",
    "create_then_garbage",
]


@pytest.mark.parametrize("fault", CREATED)
def test_created_but_not_confirmed(hub: GitHubStandIn, transport: GhTransport, fault: str) -> None:
    hub.inject(fault)
    given = draft()

    with pytest.raises(TransportError) as caught:
        transport.create(given)

    assert (caught.value.code, caught.value.retry) == (OUTCOME_UNKNOWN, Retry.LOOK)
    assert transport.find_by_marker(DEFAULT_REPO, given.marker) == [
        FiledIssue(f"https://github.com/{DEFAULT_REPO}/issues/1", 1)
    ]
    assert len(hub.requests("create")) == 1  # gh did not send it again


def test_dropped_before_it_was_created(hub: GitHubStandIn, transport: GhTransport) -> None:
    hub.inject("drop_before_create")
    given = draft()

    with pytest.raises(TransportError) as caught:
        transport.create(given)

    assert caught.value.retry is Retry.LOOK  # indistinguishable for us
    assert transport.find_by_marker(DEFAULT_REPO, given.marker) == []


@pytest.mark.parametrize("fault", ["late_create", "late_create_500"])
def test_created_late(hub: GitHubStandIn, transport: GhTransport, fault: str) -> None:
    hub.inject(fault)
    given = draft()

    with pytest.raises(TransportError) as caught:
        transport.create(given)
    before = transport.find_by_marker(DEFAULT_REPO, given.marker)
    hub.reveal()
    after = transport.find_by_marker(DEFAULT_REPO, given.marker)

    assert caught.value.retry is Retry.LOOK
    assert before == []
    assert [issue.number for issue in after] == [1]


@pytest.mark.parametrize(("fault", "exists"), [("create_then_hang", 1), ("hang_before_create", 0)])
def test_hanging_create_is_ended(hub: GitHubStandIn, fault: str, exists: int) -> None:
    hub.inject(fault)
    given = draft()
    transport = GhTransport(environ=hub.gh_environment(), timeout_seconds=1.5)

    with pytest.raises(TransportError) as caught:
        transport.create(given)

    assert (caught.value.code, caught.value.retry) == (OUTCOME_UNKNOWN, Retry.LOOK)
    assert len(hub.requests("create")) == 1  # it did get that far
    assert len(transport.find_by_marker(DEFAULT_REPO, given.marker)) == exists


def test_hanging_read_is_tried_later(hub: GitHubStandIn) -> None:
    hub.inject("hang")
    transport = GhTransport(environ=hub.gh_environment(), timeout_seconds=0.5)

    with pytest.raises(TransportError) as caught:
        transport.preflight(DEFAULT_REPO)

    assert caught.value.retry is Retry.LATER


def test_renamed_repository(hub: GitHubStandIn, transport: GhTransport) -> None:
    """The issue lands under the new name: seen by preflight, and found when it was not."""
    before = transport.preflight(DEFAULT_REPO)
    hub.configure(full_name="FrankTewksbury/Prism-core")
    given = draft()

    after = transport.preflight(DEFAULT_REPO)
    with pytest.raises(TransportError) as caught:
        transport.create(given)

    assert after.full_name == "FrankTewksbury/Prism-core"
    assert after.node_id == before.node_id
    assert caught.value.retry is Retry.LOOK
    assert [issue.url for issue in transport.find_by_marker(DEFAULT_REPO, given.marker)] == [
        "https://github.com/FrankTewksbury/Prism-core/issues/1"
    ]


URLS = [
    "https://github.example/FrankTewksbury/Prism/issues/7",
    "https://github.com/FrankTewksbury/Other/issues/7",
    "https://github.com/FrankTewksbury/Prism/pull/7",
    "https://github.com/FrankTewksbury/Prism/issues/seven",
    "http://github.com/FrankTewksbury/Prism/issues/7",
    "https://github.com@evil.example/FrankTewksbury/Prism/issues/7",
    "",
]


@pytest.mark.parametrize("url", URLS)
def test_address_of_something_else_is_no_confirmation(fake_gh: MakeGh, url: str) -> None:
    fake = fake_gh(f"cat > /dev/null; echo '{url}'")

    with pytest.raises(TransportError) as caught:
        GhTransport(environ=fake.environ).create(draft())

    assert caught.value.retry is Retry.LOOK


def test_proper_address_confirms_even_when_gh_fails_afterwards(fake_gh: MakeGh) -> None:
    fake = fake_gh("cat > /dev/null; echo https://github.com/FrankTewksbury/Prism/issues/7; exit 1")

    assert GhTransport(environ=fake.environ).create(draft()).number == 7


def test_output_that_is_not_text(fake_gh: MakeGh) -> None:
    fake = fake_gh("cat > /dev/null; printf '\\377\\376\\000 EOF' >&2; exit 1")

    with pytest.raises(TransportError) as caught:
        GhTransport(environ=fake.environ).create(draft())

    assert caught.value.retry is Retry.LOOK
    assert "\ufffd" in caught.value.detail


def test_killed_gh(fake_gh: MakeGh) -> None:
    fake = fake_gh("kill -9 $$")

    with pytest.raises(TransportError) as caught:
        GhTransport(environ=fake.environ).create(draft())

    assert caught.value.retry is Retry.LOOK
