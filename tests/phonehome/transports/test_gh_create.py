"""The real gh files exactly what was approved."""

import pytest

from phonehome.transports.base import FiledIssue, IssueDraft
from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.drafts import draft, new_marker
from tests.standins.github import DEFAULT_REPO, GitHubStandIn

BODIES = {
    "plain": "One line",
    "umlauts": "Größe, naïve, Ελληνικά, 日本語",
    "emoji": "👩‍🔧 fixed 🇩🇪 \U0001f9ea",
    "crlf": "first\r\nsecond\r\n\r\nthird",
    "blank edges": "\n\n  indented\n\n\n",
    "shell": "$(touch x) `id` $HOME \\n %s ' \" & ; | < >",
    "yaml head": "---\ntitle: no\n---\n",
    "controls": "tab\there, bell\x07, line separator\u2028, next line\x85",
    "60 KB": "0123456789abcde\n" * 3_840,
    "60 KB of four-byte characters": "\U0001f9ea" * 15_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_body_arrives_byte_for_byte(hub: GitHubStandIn, transport: GhTransport, body: str) -> None:
    given = draft(body=body)

    filed = transport.create(given)

    (issue,) = hub.issues()
    assert issue["body"] == given.body
    assert filed == FiledIssue(f"https://github.com/{DEFAULT_REPO}/issues/1", 1)


def test_body_without_a_last_newline_gets_none(hub: GitHubStandIn, transport: GhTransport) -> None:
    marker = new_marker()

    transport.create(IssueDraft(DEFAULT_REPO, "Title", marker, (), marker))

    assert hub.issues()[0]["body"] == marker


@pytest.mark.parametrize(
    "title",
    ["-t", "--help", "--web=true", "@file", "Größe 👩‍🔧", "a'b\"c`d$(e)", "x" * 256, "a, b"],
)
def test_title_is_a_value_whatever_it_looks_like(
    hub: GitHubStandIn, transport: GhTransport, title: str
) -> None:
    transport.create(draft(title=title))

    assert [issue["title"] for issue in hub.issues()] == [title]


def test_labels_arrive(hub: GitHubStandIn, transport: GhTransport) -> None:
    transport.create(draft(labels=("phone-home", "kind:incident", "scope:prism-product")))

    assert hub.issues()[0]["labels"] == ["phone-home", "kind:incident", "scope:prism-product"]


def test_no_labels(hub: GitHubStandIn, transport: GhTransport) -> None:
    transport.create(draft(labels=()))

    assert hub.issues()[0]["labels"] == []
    assert hub.requests("label_lookup") == []


def test_repository_in_another_case_is_the_same(hub: GitHubStandIn, transport: GhTransport) -> None:
    filed = transport.create(draft(repo=DEFAULT_REPO.lower()))

    assert filed.url == f"https://github.com/{DEFAULT_REPO}/issues/1"


def test_create_is_sent_once(hub: GitHubStandIn, transport: GhTransport) -> None:
    transport.create(draft())

    assert len(hub.requests("create")) == 1
    assert {row["token"] for row in hub.requests()} == {"expected"}


def test_operators_own_login_is_used_without_a_token(hub: GitHubStandIn) -> None:
    environ = hub.gh_environment()
    del environ["GH_TOKEN"]

    GhTransport(environ=environ).create(draft())

    assert {row["token"] for row in hub.requests()} == {"expected"}
    assert len(hub.issues()) == 1
