"""Labels exist before anything is sent, or nothing is sent."""

import pytest

from phonehome.transports.base import LABEL_MISSING, REPO_ACCESS_DENIED, Retry, TransportError
from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.drafts import draft
from tests.phonehome.transports.fakes import MakeGh
from tests.standins.github import DEFAULT_REPO, GitHubStandIn


def creating(hub: GitHubStandIn) -> GhTransport:
    return GhTransport(environ=hub.gh_environment(), create_missing_labels=True)


def test_existing_labels_in_any_case(hub: GitHubStandIn, transport: GhTransport) -> None:
    transport.ensure_labels(DEFAULT_REPO, ("Phone-Home", "severity:p1"))

    assert hub.requests("create_label") == []


def test_missing_labels_are_named(hub: GitHubStandIn, transport: GhTransport) -> None:
    with pytest.raises(TransportError) as caught:
        transport.ensure_labels(DEFAULT_REPO, ("phone-home", "näw one", "other"))

    assert (caught.value.code, caught.value.retry) == (LABEL_MISSING, Retry.NEEDS_FIX)
    assert "näw one, other" in caught.value.message
    assert "phone-home" not in caught.value.message
    assert hub.requests("create_label") == hub.requests("create") == []


def test_missing_labels_are_created_once(hub: GitHubStandIn) -> None:
    transport = creating(hub)
    labels = ("phone-home", "näw one", "other")

    transport.ensure_labels(DEFAULT_REPO, labels)
    transport.ensure_labels(DEFAULT_REPO, labels)
    transport.create(draft(labels=labels))

    assert len(hub.requests("create_label")) == 2
    assert hub.issues()[0]["labels"] == list(labels)


def test_label_created_by_another_worker_meanwhile(fake_gh: MakeGh) -> None:
    fake = fake_gh(
        """case "$*" in
        *--method=POST*) echo 'gh: Validation Failed (HTTP 422)' >&2
                         echo 'Label.name already exists' >&2; exit 1;;
        *) printf 'HTTP/1.1 200 OK\\n\\r\\n\\r\\n[]';;
        esac"""
    )

    GhTransport(environ=fake.environ, create_missing_labels=True).ensure_labels(
        DEFAULT_REPO, ("phone-home",)
    )


def test_label_that_may_not_be_created(hub: GitHubStandIn) -> None:
    hub.inject("403", operation="create_label")

    with pytest.raises(TransportError) as caught:
        creating(hub).ensure_labels(DEFAULT_REPO, ("new",))

    assert caught.value.code == REPO_ACCESS_DENIED


def test_more_labels_than_a_page_holds(hub: GitHubStandIn, transport: GhTransport) -> None:
    hub.configure(labels=[f"label-{n}" for n in range(230)])

    transport.ensure_labels(DEFAULT_REPO, ("label-0", "label-229"))

    assert len(hub.requests("labels")) == 3


def test_label_that_vanished_after_the_check(hub: GitHubStandIn, transport: GhTransport) -> None:
    given = draft()
    transport.ensure_labels(DEFAULT_REPO, given.labels)
    hub.configure(labels=[])

    with pytest.raises(TransportError) as caught:
        transport.create(given)

    assert caught.value.code == LABEL_MISSING
    assert hub.issues() == []


@pytest.mark.parametrize("label", ["a,b", "", " ", 'a"b', "a\nb", "x" * 51, "\ud800"])
def test_labels_that_cannot_be_sent(hub: GitHubStandIn, transport: GhTransport, label: str) -> None:
    for call in (
        lambda: transport.ensure_labels(DEFAULT_REPO, (label,)),
        lambda: transport.create(draft(labels=("phone-home", label))),
    ):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.retry is Retry.NEEDS_FIX
    assert hub.requests() == []
