"""Keyset pagination: bounds, forged cursors, and pages that do not move."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.cast import Agent, Cast

pytestmark = pytest.mark.django_db

BASE = "/api/v1/"


def follow(agent: Agent, path: str) -> tuple[list[str], str | None]:
    """The payloads of a page and the path of the next one."""
    answer = agent.get(path)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    following = None
    if body["next"]:
        parts = urlsplit(body["next"])
        following = f"{parts.path.removeprefix(BASE)}?{parts.query}"
    return [one["payload"] for one in body["results"]], following


def test_newest_first_and_stable_while_rows_come_in(cast: Cast) -> None:
    for number in range(7):
        cast.jade.report(f"report {number}")
    first, following = follow(cast.jade, "signals?box=sent&limit=3")
    cast.jade.report("later")
    second, following = follow(cast.jade, str(following))
    cast.jade.report("later still")
    third, last = follow(cast.jade, str(following))
    assert [*first, *second, *third] == [f"report {number}" for number in range(6, -1, -1)]
    assert last is None


def test_an_inbox_is_oldest_first_and_ends_with_what_came_meanwhile(cast: Cast) -> None:
    for number in range(4):
        cast.jade.report(f"report {number}")
    first, following = follow(cast.sage, "signals?limit=3")
    cast.jade.report("later")
    second, last = follow(cast.sage, str(following))
    assert [*first, *second] == [*(f"report {number}" for number in range(4)), "later"]
    assert last is None


def test_filters_go_along_to_the_next_page(cast: Cast) -> None:
    ids = [cast.jade.report(f"report {number}")["signal_id"] for number in range(5)]
    cast.sage.post(f"signals/{ids[1]}/read")
    first, following = follow(cast.sage, "signals?status=sent&limit=2")
    second, _ = follow(cast.sage, str(following))
    assert [*first, *second] == ["report 0", "report 2", "report 3", "report 4"]


@pytest.mark.parametrize("limit", ["1", "200", "001"])
def test_limits_that_are_taken(cast: Cast, limit: str) -> None:
    assert cast.jade.get(f"signals?limit={limit}").status_code == 200


@pytest.mark.parametrize(
    "limit",
    ["0", "-1", "201", "1.5", "", "ten", "٣", "%20", "0001505555", "9" * 5000, "1&limit=2", "%00"],
)
def test_limits_that_are_not(cast: Cast, limit: str) -> None:
    for path in ("signals", "intake", "incidents"):
        answer = cast.jade.get(f"{path}?limit={limit}")
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == ["limit"]


def cursor(text: str) -> str:
    return quote(b64encode(text.encode()).decode())


@pytest.mark.parametrize(
    "forged",
    [
        "not base64",
        "%ff%fe",
        cursor("p=not-a-uuid"),
        cursor("p=1"),
        cursor("p=%00"),
        cursor("p="),
        cursor("o=x"),
        cursor("o=-1"),
        cursor("r=x"),
        cursor("p=' OR 1=1 --"),
        "%00",
    ],
)
def test_a_forged_cursor_is_an_invalid_request(cast: Cast, forged: str) -> None:
    for agent, path in (
        (cast.jade, "signals"),
        (cast.jade, "intake"),
        (cast.jade, "incidents"),
        (cast.clara, "phone-home/records"),
    ):
        answer: Any = agent.get(f"{path}?cursor={forged}")
        assert answer.status_code == 400, (path, answer.content)
        assert list(answer.json()["error"]["fields"]) == ["cursor"]


def test_another_ones_cursor_shows_only_ones_own(cast: Cast) -> None:
    for number in range(3):
        cast.jade.report(f"report {number}")
    _, following = follow(cast.jade, "signals?box=sent&limit=1")
    assert following is not None
    assert follow(cast.onyx, following) == ([], None)


def test_an_empty_cursor_and_a_huge_offset_do_no_harm(cast: Cast) -> None:
    cast.jade.report("report")
    for text in ("", "o=999999999999", "r=1", "z=1"):
        assert cast.jade.get(f"signals?cursor={cursor(text)}").status_code == 200
