"""Preflight tells who the repository is, before anything is sent to it."""

import pytest

from phonehome.transports.base import Repository
from phonehome.transports.folder import FolderTransport
from phonehome.transports.gh import GhTransport
from tests.standins.github import DEFAULT_REPO, GitHubStandIn


@pytest.mark.parametrize("visibility", ["private", "public", "internal"])
def test_repository_as_it_is_now(
    hub: GitHubStandIn, transport: GhTransport, visibility: str
) -> None:
    hub.configure(visibility=visibility)

    assert transport.preflight(DEFAULT_REPO) == Repository(
        DEFAULT_REPO, hub.state.repos[0].node_id, visibility
    )
    assert [row["method"] for row in hub.requests()] == ["GET"]  # one request, and it only reads


def test_names_of_the_transports() -> None:
    assert (GhTransport.name, FolderTransport.name) == ("gh_cli", "folder")
