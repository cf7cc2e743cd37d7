"""The conditions of a move, without a database."""

import pytest

from incidents.conditions import MOVES, Missing, Standing, missing_for
from incidents.states import IncidentStatus

BLOCKER = Missing("packet", "A packet waits.", "Decide about it.")


def names(to: str, **standing: object) -> list[str]:
    return [one.name for one in missing_for(to, Standing(**standing))]  # type: ignore[arg-type]


def test_a_bare_case_is_told_the_whole_way() -> None:
    unlinked = ("trace_id", "session_id")
    assert names("closed", status="triaging", unlinked=unlinked, blockers=(BLOCKER,)) == [
        "triaged",
        "contained",
        "resolved",
        "containment_action",
        "trace_id",
        "session_id",
        "corrective_action",
        "packet",
    ]


@pytest.mark.parametrize(
    ("to", "standing", "lacking"),
    [
        ("contained", {"status": "triaged", "containment_actions": 1}, []),
        ("contained", {"status": "triaged"}, ["containment_action"]),
        (
            "contained",
            {"status": "triaged", "containment_actions": 1, "unlinked": ("bundle_id",)},
            ["bundle_id"],
        ),
        ("contained", {"status": "reported", "containment_actions": 1}, ["triaged"]),
        ("resolved", {"status": "contained"}, []),
        ("resolved", {"status": "triaged", "containment_actions": 1}, ["contained"]),
        ("closed", {"status": "resolved"}, ["corrective_action"]),
        ("closed", {"status": "resolved", "corrective_actions": 1}, []),
        ("closed", {"status": "resolved", "waived": True}, []),
        ("closed", {"status": "contained", "waived": True}, ["resolved"]),
        (
            "closed",
            {"status": "resolved", "waived": True, "blockers": (BLOCKER,)},
            ["packet"],
        ),
        ("triaging", {"status": "closed"}, []),
        ("triaging", {"status": "resolved"}, []),
        ("triaging", {"status": "contained"}, []),
        ("triaging", {"status": "triaged"}, ["order"]),
        ("triaging", {"status": "withdrawn"}, ["order"]),
    ],
    ids=str,
)
def test_what_is_missing(to: str, standing: dict[str, object], lacking: list[str]) -> None:
    assert names(to, **standing) == lacking


@pytest.mark.parametrize("status", IncidentStatus.values)
@pytest.mark.parametrize("to", [one.value for one in MOVES])
def test_no_move_skips_or_repeats_a_step(status: str, to: str) -> None:
    """With everything supplied, exactly the machine's own moves are open."""
    supplied = {"containment_actions": 1, "corrective_actions": 1}
    legal = {
        ("triaged", "contained"),
        ("contained", "resolved"),
        ("resolved", "closed"),
        ("contained", "triaging"),
        ("resolved", "triaging"),
        ("closed", "triaging"),
    }
    assert (names(to, status=status, **supplied) == []) == ((status, to) in legal)


def test_each_says_how_to_get_it() -> None:
    for one in missing_for("closed", Standing(status="reported", unlinked=("trace_id",))):
        assert one.sentence.endswith(".")
        assert one.how.endswith(".")
