"""Looking for an issue by its marker: complete, from the listing, as a whole token."""

import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from phonehome.transports.base import Retry, TransportError
from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.drafts import new_marker
from tests.phonehome.transports.fakes import MakeGh
from tests.standins.github import DEFAULT_REPO, GitHubStandIn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fill(hub: GitHubStandIn, count: int) -> None:
    """Issues one minute apart, the last of them at NOW."""
    for index in range(count):
        created = NOW - timedelta(minutes=count - 1 - index)
        hub.add_issue(f"Other {index}", f"Body {index} {new_marker()}", created_at=created)


def test_oldest_of_250_issues(hub: GitHubStandIn, transport: GhTransport) -> None:
    marker = new_marker()
    hub.add_issue("Ours", f"text\n\nReference: {marker}\n", created_at=NOW - timedelta(days=1))
    fill(hub, 249)

    found = transport.find_by_marker(DEFAULT_REPO, marker)

    assert [issue.number for issue in found] == [1]
    assert len(hub.requests("listing")) == 3
    assert all("state=all" in row["path"] for row in hub.requests("listing"))


def test_reads_no_further_back_than_asked(hub: GitHubStandIn, transport: GhTransport) -> None:
    marker = new_marker()
    fill(hub, 250)

    found = transport.find_by_marker(DEFAULT_REPO, marker, since=NOW - timedelta(minutes=30))

    assert found == []
    assert len(hub.requests("listing")) == 1


def test_goes_back_further_where_clocks_may_differ(
    hub: GitHubStandIn, transport: GhTransport
) -> None:
    """The issue looks nine minutes older than our first try, on the second page."""
    marker = new_marker()
    hub.add_issue("Ours", marker, created_at=NOW - timedelta(minutes=9))
    for _ in range(100):
        hub.add_issue("Other", "", created_at=NOW - timedelta(minutes=9))

    found = transport.find_by_marker(DEFAULT_REPO, marker, since=NOW)

    assert [issue.number for issue in found] == [1]


def test_every_issue_that_holds_it(hub: GitHubStandIn, transport: GhTransport) -> None:
    marker = new_marker()
    for body in (marker, "nothing", f"({marker})", f"`{marker}`, again {marker}."):
        hub.add_issue("Issue", body)

    found = transport.find_by_marker(DEFAULT_REPO, marker)

    assert sorted(issue.number for issue in found) == [1, 3, 4]


@pytest.mark.parametrize("template", ["x{}", "{}0", "{}-1", "{}:2", "-{}", "{}_"])
def test_part_of_a_longer_token_is_no_marker(
    hub: GitHubStandIn, transport: GhTransport, template: str
) -> None:
    marker = new_marker()
    hub.add_issue("Issue", template.format(marker))

    assert transport.find_by_marker(DEFAULT_REPO, marker) == []


def test_pull_requests_and_titles_do_not_count(hub: GitHubStandIn, transport: GhTransport) -> None:
    marker = new_marker()
    hub.add_issue("Pull request", marker, pull_request=True)
    hub.add_issue(marker, "")

    assert transport.find_by_marker(DEFAULT_REPO, marker) == []


def test_empty_repository(hub: GitHubStandIn, transport: GhTransport) -> None:
    assert transport.find_by_marker(DEFAULT_REPO, new_marker()) == []


@pytest.mark.parametrize("fault", ["drop", "truncate", "empty", "garbage", "502", "primary_limit"])
def test_failed_page_is_not_an_empty_one(
    hub: GitHubStandIn, transport: GhTransport, fault: str
) -> None:
    hub.inject(fault, operation="listing")

    with pytest.raises(TransportError) as caught:
        transport.find_by_marker(DEFAULT_REPO, new_marker())

    assert caught.value.retry is Retry.LATER


ANSWERS = ["{}", "null", '"words"', '{"count": 1, "oldest": "noon", "hits": []}']


@pytest.mark.parametrize("answer", ANSWERS)
def test_unexpected_answer_is_not_an_empty_one(fake_gh: MakeGh, answer: str) -> None:
    fake = fake_gh(f"printf 'HTTP/1.1 200 OK\\n\\r\\n\\r\\n%s' '{answer}'")

    with pytest.raises(TransportError) as caught:
        GhTransport(environ=fake.environ).find_by_marker(DEFAULT_REPO, new_marker())

    assert caught.value.retry is Retry.LATER


def test_a_listing_that_was_not_reduced_is_read_all_the_same(fake_gh: MakeGh) -> None:
    marker = new_marker()
    rows = [
        {"html_url": f"https://github.com/{DEFAULT_REPO}/issues/{number}", "body": body}
        for number, body in ((3, None), (2, f"words\n`{marker}`"), (1, f"{marker}0"))
    ]
    fake = fake_gh(f"printf '%s' {shlex.quote(json.dumps(rows))}")

    found = GhTransport(environ=fake.environ).find_by_marker(DEFAULT_REPO, marker)

    assert [issue.number for issue in found] == [2]


@pytest.mark.parametrize(
    "marker",
    [
        '") | env | ("',
        "prism-care:packet:1",
        "prism-care:packet:0190A7F0-0000-7000-8000-000000000001",
        "prism-care:packet:0190a7f0-0000-7000-8000-000000000001\n",
    ],
)
def test_only_a_marker_is_looked_for(
    hub: GitHubStandIn, transport: GhTransport, marker: str
) -> None:
    with pytest.raises(TransportError):
        transport.find_by_marker(DEFAULT_REPO, marker)

    assert hub.requests() == []
