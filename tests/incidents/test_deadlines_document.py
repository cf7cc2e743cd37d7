"""docs/deadlines.md names the times that an installation begins with."""

import re
from pathlib import Path

import pytest

from incidents.first_rows import POLICIES
from incidents.services.keep_promises import BATCH

pytestmark = pytest.mark.one_database
PAGE = (Path(__file__).parents[2] / "docs" / "deadlines.md").read_text()


def test_the_table_of_policies_is_what_a_new_installation_gets() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (\d+) \| (\d+) % \| ([^|]+) \|$", PAGE, re.M)
    written = {
        (
            one["stage"],
            one["severity"] or "any",
            str(one["minutes"]),
            str(one["at_risk_percent"]),
            ", ".join(f"{kind} {percent}" for kind, percent in one["steps"]) or "none",
        )
        for one in POLICIES
    }
    assert set(rows) == written
    assert all(one["calendar"] is None for one in POLICIES), "round the clock, says the page"


def test_it_names_how_many_are_told_in_one_pass() -> None:
    assert f"{BATCH} reporters are told in one pass" in PAGE
