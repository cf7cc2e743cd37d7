"""The list of incidents in the console, and similar ones on a case's page."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from access.models import User
from incidents.models import Incident
from incidents.models.incident import LINKING_IDS
from tests.cast import Cast
from tests.incidents.rows import incident

pytestmark = pytest.mark.django_db
LIST = "/console/incidents/"


@pytest.fixture(autouse=True)
def _desk_stands_aside(settings: Any) -> None:
    settings.DESK_MODE = "agents"


@pytest.fixture
def console(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture
def cases(cast: Cast) -> list[Incident]:
    return [
        incident(cast.jade, "Signals get lost", status="reported"),
        incident(
            cast.jade,
            "Roster is slow",
            severity="P1",
            scope="mixed",
            status="triaging",
            category="performance",
        ),
        incident(cast.onyx, "Ticket written twice", severity="P0", scope="prism-product"),
    ]


def titles(page: str) -> list[str]:
    parts = page.split('<a class="title"')[1:]
    return [part.split(">", 1)[1].split("</a>")[0] for part in parts]


def shown(console: Client, query: str = "") -> list[str]:
    answer = console.get(LIST + query)
    assert answer.status_code == 200, answer.content
    return titles(answer.content.decode())


def test_newest_first_with_links_to_the_cases(console: Client, cases: list[Incident]) -> None:
    assert shown(console) == ["Ticket written twice", "Roster is slow", "Signals get lost"]
    page = console.get(LIST).content.decode()
    for case in cases:
        assert f'href="/console/incidents/{case.pk}/"' in page
        assert case.incident_id in page
    assert page.count(f'href="{LIST}"') == 1  # the way here, on every page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=triaging", ["Roster is slow"]),
        ("?severity=P0", ["Ticket written twice"]),
        ("?severity=none", ["Signals get lost"]),
        ("?scope=mixed", ["Roster is slow"]),
        ("?scope=none", ["Signals get lost"]),
        ("?category=performance", ["Roster is slow"]),
        ("?pid=PID-XYZ02", ["Ticket written twice"]),
        ("?pid=%20PID-XYZ02&severity=P1", []),
        ("?tenant=default", ["Ticket written twice", "Roster is slow", "Signals get lost"]),
        ("?q=lost", ["Signals get lost"]),
        ("?q=lost&severity=P1", []),
        (
            "?q=&status=&severity=&pid=",
            ["Ticket written twice", "Roster is slow", "Signals get lost"],
        ),
    ],
)
def test_filters(console: Client, cases: list[Incident], query: str, expected: list[str]) -> None:
    assert shown(console, query) == expected


@pytest.mark.parametrize(
    "query",
    ["?status=lost", "?severity=P9", "?before=x", "?pid=a%00b", f"?q={'x' * 201}", "?tenant=none"],
)
def test_a_bad_question_has_a_page_that_says_so(
    console: Client, cases: list[Incident], query: str
) -> None:
    answer = console.get(LIST + query)
    assert answer.status_code == 400
    assert "invalid_request" in answer.content.decode()


def test_tenants_are_told_apart(console: Client, stranger: Cast, cases: list[Incident]) -> None:
    incident(stranger.jade, "Far away")
    assert shown(console)[0] == "Far away"
    assert shown(console, "?tenant=elsewhere") == ["Far away"]
    assert "Far away" not in shown(console, "?tenant=default")


def test_pages_follow_one_another(
    console: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.console.listing.PER_PAGE", 2)
    for number in range(5):
        incident(cast.jade, f"Case {number}", severity="P2")
    seen, query = [], "?severity=P2"
    for _ in range(3):
        page = console.get(LIST + query).content.decode()
        seen += titles(page)
        if 'rel="next"' not in page:
            break
        query = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert "severity=P2" in query
    assert seen == [f"Case {number}" for number in (4, 3, 2, 1, 0)]
    assert 'href="?severity=P2">Newest' in page


def test_empty_lists_say_why(console: Client, cast: Cast) -> None:
    assert "No incident yet." in console.get(LIST).content.decode()
    assert "Nothing matches" in console.get(f"{LIST}?q=x").content.decode()
    assert "No incident passes" in console.get(f"{LIST}?severity=P0").content.decode()


def test_few_queries_however_long(
    console: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        incident(cast.jade if number % 2 else cast.onyx, f"Roster restart {number}")
    for query in ("", "?q=restart", "?tenant=default&severity=none"):
        with django_assert_max_num_queries(12):
            assert len(shown(console, query)) == 12


def test_hostile_words_are_shown_and_do_nothing(console: Client, cast: Cast) -> None:
    incident(cast.jade, "<script>alert(1)</script>\u202etxt")
    hostile = quote('"><script>alert(2)</script>')
    for query in ("", f"?q={hostile}", f"?pid={hostile}"):
        answer = console.get(LIST + query)
        assert "<script>alert" not in answer.content.decode()
        assert " style=" not in answer.content.decode()
    assert "U+202E" in console.get(LIST).content.decode()


def test_only_operators_who_may_view_cases(cases: list[Incident]) -> None:
    assert Client().get(LIST).status_code == 302
    visitor = Client()
    visitor.force_login(User.objects.create_user("vera", is_staff=True))
    assert visitor.get(LIST).status_code == 403
    assert visitor.post(LIST).status_code in (403, 405)


def test_a_case_shows_similar_ones(
    console: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    old = incident(
        cast.onyx,
        "Bridge signals lost on restart",
        status="closed",
        closure="waiver",
        unknown=dict.fromkeys(LINKING_IDS, "not kept"),
    )
    one = incident(cast.jade, "Bridge signals are lost")
    page = console.get(f"{LIST}{one.pk}/").content.decode()
    assert "Similar incidents" in page
    assert titles(page) == ["Bridge signals lost on restart"]
    assert f'href="{LIST}{old.pk}/"' in page
    alone = incident(cast.jade, "Roster is slow")
    assert "No other incident" in console.get(f"{LIST}{alone.pk}/").content.decode()
    assert console.get(f"{LIST}{uuid4()}/").status_code == 404
    with django_assert_max_num_queries(15):
        console.get(f"{LIST}{one.pk}/")
