"""Full text search and similar cases: tenants, quoting, hostile words."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from incidents.models import Incident
from incidents.search import plain, similar
from tests.cast import Agent, Cast
from tests.incidents.rows import incident

pytestmark = pytest.mark.django_db


def find(agent: Agent, words: str, more: str = "") -> list[str]:
    """Titles in the order of the answer."""
    answer = agent.get(f"incidents?q={quote(words)}{more}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["next"] is None
    return [one["title"] for one in answer.json()["results"]]


@pytest.fixture(autouse=True)
def _desk_stands_aside(settings: Any) -> None:
    settings.DESK_MODE = "agents"


@pytest.fixture
def cases(cast: Cast) -> dict[str, Incident]:
    jade, onyx = cast.jade, cast.onyx
    return {
        "lost": incident(jade, "Signals get lost after a restart", category="routing_failure"),
        "slow": incident(
            jade, "Roster is slow", report="The roster takes 40 s after a restart of the bridge"
        ),
        "twice": incident(
            onyx,
            "Ticket written twice",
            trace_id="trace-77-b",
            rollout_wave="wave-9-north",
            text="a retry wrote it again",
        ),
    }


def test_words_are_found_in_title_and_report(cast: Cast, cases: dict[str, Incident]) -> None:
    assert find(cast.clara, "lost") == ["Signals get lost after a restart"]
    assert find(cast.clara, "restart bridge") == ["Roster is slow"]
    assert find(cast.clara, "RESTART lost") == ["Signals get lost after a restart"]
    assert find(cast.clara, "restart nowhere") == []


def test_a_match_in_the_title_stands_first(cast: Cast, cases: dict[str, Incident]) -> None:
    assert find(cast.clara, "restart") == ["Signals get lost after a restart", "Roster is slow"]


def test_the_desk_finds_by_its_own_text_and_by_linking_ids(
    cast: Cast, cases: dict[str, Incident]
) -> None:
    for words in ("retry", "trace-77-b", "wave-9-north"):
        assert find(cast.clara, words) == ["Ticket written twice"]
    assert find(cast.clara, "routing_failure") == ["Signals get lost after a restart"]


def test_a_reporter_searches_its_own_words_only(cast: Cast, cases: dict[str, Incident]) -> None:
    assert find(cast.jade, "restart") == ["Signals get lost after a restart", "Roster is slow"]
    assert find(cast.onyx, "restart") == []
    assert find(cast.onyx, "ticket") == ["Ticket written twice"]
    for probe in ("retry", "trace-77-b", "wave-9-north", "routing_failure", "ticket retry"):
        assert find(cast.onyx, probe) == find(cast.jade, probe) == []
    # Neither does leaving a word out tell whether the desk wrote it.
    assert find(cast.onyx, "ticket -retry") == ["Ticket written twice"]
    assert find(cast.sage, "restart") == []


def test_other_tenants_are_not_there(
    cast: Cast, stranger: Cast, cases: dict[str, Incident]
) -> None:
    theirs = incident(stranger.jade, "Signals get lost elsewhere")
    assert find(cast.clara, "lost") == ["Signals get lost after a restart"]
    assert find(stranger.clara, "lost") == ["Signals get lost elsewhere"]
    Incident.objects.filter(pk=theirs.pk).update(incident_id="inc-2020-01-01-001")
    assert find(cast.clara, "inc-2020-01-01-001") == []
    assert find(stranger.clara, "inc-2020-01-01-001") == ["Signals get lost elsewhere"]


def test_an_id_goes_straight_to_its_incident(cast: Cast, cases: dict[str, Incident]) -> None:
    wanted = cases["slow"].incident_id
    assert find(cast.clara, f"  {wanted.upper()} ") == ["Roster is slow"]
    assert find(cast.jade, wanted) == ["Roster is slow"]
    assert find(cast.onyx, wanted) == []


def test_quotes_or_and_minus(cast: Cast, cases: dict[str, Incident]) -> None:
    assert find(cast.clara, '"get lost"') == ["Signals get lost after a restart"]
    assert find(cast.clara, '"lost get"') == []
    assert find(cast.clara, "restart -roster") == ["Signals get lost after a restart"]
    assert set(find(cast.clara, "lost or ticket")) == {
        "Signals get lost after a restart",
        "Ticket written twice",
    }
    assert find(cast.clara, "-restart") == ["Ticket written twice"]


@pytest.mark.parametrize(
    "words",
    [
        "router.py",
        "router",
        "prism/router.py",
        "bridge.routing",
        "routing",
        "v1.4.0-rc2",
        "v1.4.0",
        "HTTP-500",
        "500",
        "errors",
        "KeyError router.py",
    ],
)
def test_parts_of_paths_versions_and_addresses_are_found(cast: Cast, words: str) -> None:
    told = incident(
        cast.jade,
        "KeyError in /app/prism/router.py, module bridge.routing.find; v1.4.0-rc2; HTTP-500; "
        "see https://docs.example.com/guide/errors",
    )
    incident(cast.jade, "Something else is wrong with the layout")
    assert find(cast.clara, words) == [told.title]


def test_what_is_not_wanted_may_have_parts(cast: Cast) -> None:
    incident(cast.jade, "a crash in /app/prism/router.py")
    other = incident(cast.jade, "a crash in /app/prism/desk.py")
    assert find(cast.clara, "crash -router.py") == [other.title]


def test_filters_hold_in_a_search_too(cast: Cast, cases: dict[str, Incident]) -> None:
    Incident.objects.filter(pk=cases["slow"].pk).update(severity="P1")
    assert find(cast.clara, "restart", "&severity=P1") == ["Roster is slow"]
    assert find(cast.clara, "restart", "&pid=PID-XYZ02") == []
    assert len(find(cast.clara, "restart", "&limit=1")) == 1


def test_a_changed_text_is_found_at_once(cast: Cast, cases: dict[str, Incident]) -> None:
    Incident.objects.filter(pk=cases["lost"].pk).update(text="the watermark stands still")
    assert find(cast.clara, "watermark") == ["Signals get lost after a restart"]
    Incident.objects.filter(pk=cases["lost"].pk).update(text="")
    assert find(cast.clara, "watermark") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=", "q"),
        ("q=%20%09", "q"),
        (f"q={'x' * 201}", "q"),
        ("q=a%00b", "q"),
        ("q=a&q=b", "q"),
        ("q=a&cursor=cD0x", "cursor"),
        ("q=a&limit=0", "limit"),
        ("q=a&status=lost", "status"),
    ],
)
def test_a_bad_question_is_refused(cast: Cast, query: str, field: str) -> None:
    answer = cast.clara.get(f"incidents?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"
    assert field in answer.json()["error"]["fields"]


@pytest.mark.parametrize(
    "words",
    [
        "'; DROP TABLE incidents_incident; --",
        "%s %(x)s %%",
        "100% _ \\",
        '"never closed',
        "((((&|!:*<->",
        "-",
        "or",
        "- or -",
        "the",
        "\u202etxt \u0000".replace("\u0000", ""),
        "\ud7ff ﷽ 漢字 🙂",
        "a:A & b:B",
        "-nothing",
        '"" ""',
        "x" * 200,
        "a -" * 66,
    ],
)
def test_hostile_words_are_only_words(cast: Cast, cases: dict[str, Incident], words: str) -> None:
    for agent in (cast.clara, cast.jade):
        assert set(find(agent, words)) <= {one.title for one in cases.values()}
    assert Incident.objects.count() == len(cases)


@pytest.mark.parametrize("rare", [True, False])
def test_words_are_found_beyond_the_newest(
    cast: Cast, cases: dict[str, Incident], monkeypatch: pytest.MonkeyPatch, rare: bool
) -> None:
    """PostgreSQL: a rare word by the index, a common one among the newest; SQLite looks at the
    newest alone."""
    monkeypatch.setattr("incidents.search.words.WINDOW", 2)
    monkeypatch.setattr("incidents.search.words.CANDIDATES", 2 if rare else 1)
    expected = {
        (True, True): ["Signals get lost after a restart", "Roster is slow"],
        (True, False): ["Roster is slow"],
        (False, True): ["Roster is slow"],
        (False, False): ["Roster is slow"],
    }
    assert find(cast.clara, "restart") == expected[rare, connection.vendor == "postgresql"]
    assert find(cast.jade, "-ticket")  # names nothing it wants: the newest alone


def test_a_word_of_some_cases_is_looked_for_as_far_back_as_it_takes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: three of twelve match, one among the four that are walked."""
    monkeypatch.setattr("incidents.search.words.WINDOW", 4)
    monkeypatch.setattr("incidents.search.words.CANDIDATES", 2)
    for number in range(12):
        incident(cast.jade, f"Roster {number}" + (" restart" if number % 5 == 0 else ""))
    expected = ["Roster 10 restart", "Roster 5 restart"]
    on_postgresql = connection.vendor == "postgresql"
    assert find(cast.clara, "restart") == (expected if on_postgresql else expected[:1])
    monkeypatch.setattr("incidents.search.postgresql._WINDOWS_BACK", 0)
    assert find(cast.clara, "restart") == (expected if on_postgresql else expected[:1])


def test_a_search_costs_the_same_however_much_is_there(
    cast: Cast, cases: dict[str, Incident], django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        incident(cast.jade, f"Roster restart {number}")
    for words in ("restart", "roster or signals", "-ticket"):
        with django_assert_max_num_queries(5):
            find(cast.clara, words)


class TestSimilar:
    def of(self, cast: Cast, one: Incident) -> list[dict[str, Any]]:
        answer = cast.clara.get(f"incidents/{one.incident_id}/similar")
        assert answer.status_code == 200, answer.content
        return list(answer.json()["results"])

    def test_the_same_fault_first_then_like_words(self, cast: Cast) -> None:
        print_ = "f" * 64
        old = incident(cast.onyx, "It broke", fingerprint=print_, status="reported")
        like = incident(cast.jade, "Bridge signals lost on restart", severity="P2")
        incident(cast.jade, "Roster is slow")
        new = incident(cast.jade, "Bridge signals are lost", fingerprint=print_)
        found = self.of(cast, new)
        assert [one["incident_id"] for one in found] == [old.incident_id, like.incident_id]
        assert [one["why"] for one in found] == ["same_fingerprint", "words"]
        assert found[0]["score"] == 1.0
        assert 0.3 <= found[1]["score"] < 1.0
        assert (found[1]["severity"], found[0]["severity"]) == ("P2", None)
        assert found[0]["pid"] == "PID-XYZ02"

    def test_at_most_five_and_never_itself(self, cast: Cast) -> None:
        one, *_ = [incident(cast.jade, "Approval queue is stuck") for _ in range(8)]
        found = self.of(cast, one)
        assert len(found) == 5
        assert one.incident_id not in {other["incident_id"] for other in found}

    def test_nothing_of_other_tenants(self, cast: Cast, stranger: Cast) -> None:
        incident(stranger.jade, "Approval queue is stuck", fingerprint="e" * 64)
        incident(cast.jade, "Roster is slow")
        one = incident(cast.jade, "Approval queue is stuck", fingerprint="e" * 64)
        assert self.of(cast, one) == []
        assert stranger.clara.get(f"incidents/{one.incident_id}/similar").status_code == 404

    def test_only_the_incident_manager_asks(self, cast: Cast) -> None:
        one = incident(cast.jade, "Approval queue is stuck")
        for agent in (cast.jade, cast.onyx, cast.sage):
            assert agent.get(f"incidents/{one.incident_id}/similar").status_code == 403

    @pytest.mark.parametrize("title", ["?!", "the and", "' & | !:*", "漢字 が 消える", "a" * 200])
    def test_odd_titles_have_an_answer(self, cast: Cast, title: str) -> None:
        assert self.of(cast, incident(cast.jade, title)) == []

    def test_queries_do_not_grow(self, cast: Cast, django_assert_max_num_queries: Any) -> None:
        one, *_ = [incident(cast.jade, "Approval queue is stuck") for _ in range(6)]
        with django_assert_max_num_queries(6):
            self.of(cast, one)


@pytest.mark.one_database
class TestPlainWords:
    def test_terms(self) -> None:
        assert plain.terms_of('a "b  c" or -d') == [[("a", False), ("b c", False)], [("d", True)]]
        assert plain.terms_of('or or - "" \' ()') == []
        assert plain.terms_of('(KeyError): -"x y') == [[("KeyError", False), ("x y", True)]]

    def test_likeness(self) -> None:
        assert similar.likeness("It crashes", "a crash") == 1.0
        assert similar.likeness("Signals are lost", "Roster is slow") == 0.0
        assert similar.likeness("", "Roster is slow") == 0.0
        assert similar.likeness("lost signals", "lost roster") == pytest.approx(1 / 3)
