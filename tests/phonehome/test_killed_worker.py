"""kill -9 of the worker at each step of shipping: after the sweep there is exactly one issue, and
the reporter has heard of it exactly once."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phonehome.transports.base import has_marker
from tests.phonehome.own_database import own_install
from tests.standins.github import GitHubStandIn
from tests.standins.programs import require_program

# One campaign for the module, also where tests are spread over processes.
pytestmark = [pytest.mark.xdist_group("killed worker"), pytest.mark.timeout(240)]
SWEEPS_SECONDS = 75
# In the order of shipping; kill_driver says where each of them strikes.
STEPS = [
    "after the claim",
    "before the preflight",
    "before the labels",
    "before the creating commit",
    "before gh creates",
    "while gh runs, not created",
    "while gh runs, created",
    "after gh created",
    "before the settling",
    "within the settling",
    "before the cross-link",
    "within the cross-link",
    "after the cross-link",
]


@dataclass
class Campaign:
    """What became of the workers and of the packets, and what the stand-in holds."""

    ended: dict[str, int]
    became: dict[str, Any]
    issues: list[dict[str, Any]]

    def issues_of(self, step: str) -> list[dict[str, Any]]:
        marker = self.became[step]["marker"]
        return [issue for issue in self.issues if has_marker(issue["body"], marker)]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Every step's worker is killed; then two sweeps at a time until nothing is left to do."""
    require_program("gh")
    folder: Path = tmp_path_factory.mktemp("killed")
    options = {
        "GITHUB_TRANSPORT": "gh",
        "PHONE_HOME_LEASE_SECONDS": "1",
        "PHONE_HOME_GH_TIMEOUT_SECONDS": "3",
        "PHONE_HOME_LOOK_SECONDS": "1",
    }
    with (
        GitHubStandIn(folder / "hub") as hub,
        own_install(folder, **options, **hub.gh_environment()) as install,
    ):
        driver = ("-m", "tests.phonehome.kill_driver")
        shipments = install.run(*driver, "prepare")
        ended = json.loads(install.run(*driver, "kill", stdin=shipments))
        deadline = time.monotonic() + SWEEPS_SECONDS
        open_packets = (
            "SELECT count(*) FROM phonehome_phonehomerecord WHERE cross_linked_at IS NULL"
        )
        while install.count(open_packets) and time.monotonic() < deadline:
            sweeps = [install.start("manage.py", "sweep") for _ in range(2)]
            assert [sweep.wait(60) for sweep in sweeps] == [0, 0]
        became = json.loads(install.run(*driver, "report", stdin=shipments))
        yield Campaign(ended, became, hub.issues())


@pytest.mark.parametrize("step", STEPS)
def test_one_issue_and_one_answer(campaign: Campaign, step: str) -> None:
    became = campaign.became[step]

    assert campaign.ended[step] == -9
    assert (became["status"], became["state"]) == ("shipped", "done")
    (issue,) = campaign.issues_of(step)
    assert (became["number"], became["url"]) == (issue["number"], issue["html_url"])
    (answer,) = became["answers"]
    assert f"filed as issue #{issue['number']}," in answer
    assert became["journal"] == 1


def test_worker_that_lives_does_it_at_once(campaign: Campaign) -> None:
    assert campaign.ended["not at all"] == 0
    assert campaign.became["not at all"]["attempts"] == ["created"]
    assert len(campaign.issues_of("not at all")) == 1


def test_nothing_else_was_filed(campaign: Campaign) -> None:
    assert len(campaign.issues) == len(campaign.became) == len(STEPS) + 1
