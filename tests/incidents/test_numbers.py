"""The figures against small data computed by hand, and the page that shows them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import Project, User
from incidents.console import charts, numbers
from incidents.models import ClassificationRow, Deadline, Incident, Intake
from incidents.models.incident import LINKING_IDS
from incidents.numbers import lengths, tables
from incidents.numbers.counts import CATEGORIES_SHOWN
from incidents.numbers.period import period_of
from incidents.states import Origin
from kernel.errors import CareError
from tests.cast import Agent, Cast
from tests.incidents.rows import incident, reported

PAGE = "/console/incidents/numbers/"
START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
RANGE = {"from": "2026-03-01", "to": "2026-03-31"}
UNKNOWN = dict.fromkeys(LINKING_IDS, "not kept")


@pytest.fixture(autouse=True)
def _on_a_friday(settings: Any, time_machine: Any) -> None:
    settings.DESK_MODE = "agents"
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def console(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def case(agent: Agent, title: str, at: datetime = START, **minutes: Any) -> Incident:
    """A case opened at `at`; `acknowledged=5` is five minutes later."""
    moments = {
        f"{name}_at": at + timedelta(minutes=minutes.pop(name))
        for name in ("acknowledged", "triaged", "approved", "filed", "resolved")
        if name in minutes
    }
    return incident(agent, title, created_at=at, detected_at=at, **moments, **minutes)


def found(tenant: Any = None, query: dict[str, str] = RANGE) -> dict[str, tables.Table]:
    return {one.key: one for one in tables.tables(period_of(query), tenant)}


def row(table: tables.Table, *head: str) -> tuple[Any, ...]:
    return next(one[len(head) :] for one in table.rows if one[: len(head)] == head)


def minutes(*amounts: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=amount) for amount in amounts)


@pytest.mark.django_db
class TestTimes:
    @pytest.fixture
    def cases(self, cast: Cast) -> None:
        for resolved in (10, 20, 30, 40, 100):
            case(cast.jade, "P0 case", severity="P0", acknowledged=resolved / 10, resolved=resolved)
        case(cast.onyx, "P2", severity="P2", triaged=60, approved=90, filed=91, eligible=True)
        case(cast.onyx, "open and undecided")

    def test_median_p90_and_mean(self, cases: None) -> None:
        resolve = found()["resolve"]
        # 10 20 30 40 100: the 90th percentile lies at place 3.6, between 40 and 100.
        assert row(resolve, "severity", "P0") == (5, *minutes(30, 76, 40))
        assert row(resolve, "all", "all") == (5, *minutes(30, 76, 40))
        assert row(resolve, "severity", "P2") == (0, None, None, None)
        assert row(resolve, "project", "PID-DPA01")[0] == 5
        assert [one[1] for one in resolve.rows if one[0] == "project"] == ["PID-DPA01"]
        acknowledge = found()["acknowledge"]
        assert row(acknowledge, "all", "all") == (5, *minutes(3, 7.6, 4))

    def test_each_time_runs_between_its_own_moments(self, cases: None) -> None:
        of = found()
        assert row(of["triage"], "all", "all") == (1, *minutes(60, 60, 60))
        assert row(of["approve"], "all", "all") == (1, *minutes(30, 30, 30))
        assert row(of["file"], "project", "PID-XYZ02") == (1, *minutes(1, 1, 1))

    def test_the_days_are_both_included(self, cast: Cast) -> None:
        first = datetime(2026, 3, 5, tzinfo=UTC)
        last = datetime(2026, 3, 6, 23, 59, 59, tzinfo=UTC)
        for at in (first - timedelta(seconds=1), first, last, last + timedelta(seconds=1)):
            case(cast.jade, "edge", at, acknowledged=1)
        days = {"from": "2026-03-05", "to": "2026-03-06"}
        assert row(found(query=days)["acknowledge"], "all", "all")[0] == 2

    def test_withdrawn_and_imported_cases_do_not_count(self, cast: Cast) -> None:
        case(cast.jade, "none after all", acknowledged=5, status="withdrawn")
        case(cast.jade, "imported", acknowledged=5, origin=Origin.IMPORT)
        assert row(found()["acknowledge"], "all", "all")[0] == 0

    def test_tenants_are_told_apart(self, cast: Cast, stranger: Cast) -> None:
        case(cast.jade, "ours", acknowledged=10)
        case(stranger.jade, "theirs", acknowledged=30)
        both = found()["acknowledge"]
        assert row(both, "all", "all")[0] == 2
        assert row(both, "project", "PID-DPA01 (elsewhere)") == (1, *minutes(30, 30, 30))
        ours = found(cast.jade.persona.tenant_id)["acknowledge"]
        assert row(ours, "all", "all") == (1, *minutes(10, 10, 10))
        assert row(ours, "project", "PID-DPA01")[0] == 1

    def test_time_to_classify_counts_reports(self, cast: Cast) -> None:
        for amount, severity in ((10, "P1"), (20, None)):
            one = case(cast.jade, "x", severity="P1") if severity else None
            intake = one.intake if one else reported(cast.jade)
            Intake.objects.filter(pk=intake.pk).update(
                created_at=START,
                classified_at=START + timedelta(minutes=amount),
                classification="incident" if one else "info",
                status="handed_off" if one else "answered",
            )
        waiting = reported(cast.jade)
        Intake.objects.filter(pk=waiting.pk).update(created_at=START)
        classify = found()["classify"]
        assert row(classify, "all", "all") == (2, *minutes(15, 19, 15))
        assert row(classify, "severity", "P1")[0] == 1
        assert row(classify, "severity", "no case of its own") == (1, *minutes(20, 20, 20))
        assert row(classify, "project", "PID-DPA01")[0] == 2

    def test_both_databases_compute_alike(self, cases: None) -> None:
        """PostgreSQL's own percentiles and those in Python, over the same rows."""
        rows = Incident.objects.all()
        for by in ((), ("severity",), ("project__pid", "status")):
            ours = lengths._fetched(rows, lengths.OF_A_CASE, by)
            assert lengths.lengths(rows, lengths.OF_A_CASE, by) == ours


@pytest.mark.django_db
class TestCounts:
    def test_weeks_begin_on_monday_and_none_is_missing(self, cast: Cast) -> None:
        case(cast.jade, "sunday", START - timedelta(hours=12), severity="P1")
        case(cast.jade, "monday", START, severity="P1")
        case(cast.jade, "monday too", START)
        case(cast.jade, "gone", START, status="withdrawn")
        case(cast.jade, "later", START + timedelta(days=15), severity="P0")
        weeks = found()["weeks"]
        assert weeks.columns == ("Week of", "P0", "P1", "P2", "P3", "not decided", "All")
        assert [(str(one[0]), *one[1:]) for one in weeks.rows] == [
            ("2026-02-23", 0, 1, 0, 0, 0, 1),
            ("2026-03-02", 0, 1, 0, 0, 1, 2),
            ("2026-03-09", 0, 0, 0, 0, 0, 0),
            ("2026-03-16", 1, 0, 0, 0, 0, 1),
            ("2026-03-23", 0, 0, 0, 0, 0, 0),
            ("2026-03-30", 0, 0, 0, 0, 0, 0),
        ]

    def test_missed_deadlines_by_stage(self, cast: Cast) -> None:
        one = case(cast.jade, "late")
        Deadline.objects.all().delete()
        for place, breached in enumerate((True, False, False)):
            Deadline.objects.create(
                tenant_id=one.tenant_id,
                stage="triage",
                incident=one,
                ref=str(place),
                minutes=60,
                started_at=START,
                at_risk_at=START,
                due_at=START + timedelta(hours=1),
                breached_at=START + timedelta(hours=1) if breached else None,
            )
        table = found()["breaches"]
        assert row(table, "triage") == (3, 1, pytest.approx(1 / 3))
        assert row(table, "operator review") == (0, 0, None)
        assert row(found(query={"from": "2026-04-01", "to": "2026-04-02"})["breaches"], "triage")[
            :2
        ] == (0, 0)

    def test_repeats(self, cast: Cast) -> None:
        one = case(cast.jade, "first", reopened_count=2)
        case(cast.onyx, "second")
        Intake.objects.update(created_at=START)
        again = reported(cast.jade)
        Intake.objects.filter(pk=again.pk).update(
            created_at=START, status="joined", joined=one, classification="incident"
        )
        table = found()["repeats"]
        joined, reopened = table.rows
        assert joined[1:] == (3, 1, pytest.approx(1 / 3), 1)
        assert reopened[1:] == (2, 1, 0.5, 2)

    def test_categories_recur_from_two_on(self, cast: Cast) -> None:
        for agent in (cast.jade, cast.onyx, cast.onyx):
            case(agent, "again", category="data_loss")
        case(cast.jade, "once", category="availability")
        assert found()["recurring"].rows == [("data_loss", 3, 2)]
        for number in range(CATEGORIES_SHOWN + 2):
            for _ in range(2):
                case(cast.jade, "more", category=f"kind-{number:02}")
        assert len(found()["recurring"].rows) == CATEGORIES_SHOWN

    def test_agreement_counts_what_agents_said(self, cast: Cast) -> None:
        intake = reported(cast.jade)
        for decided, desk, by in (
            ("incident", "incident", "Sage@PID-PGR01"),
            ("incident", "info", "Sage@PID-PGR01"),
            ("info", "info", "system:desk"),
        ):
            ClassificationRow.objects.create(
                intake=intake,
                classification=decided,
                rationale="because",
                decided_by=by,
                desk_classification=desk,
                created_at=START,
            )
        table = found()["agreement"]
        assert row(table, "incident") == (2, 1, 0.5, 1, 1, 0, 0)
        assert row(table, "info")[:2] == (0, 0)


@pytest.mark.one_database
class TestPeriods:
    def test_a_length_ends_today(self) -> None:
        period = period_of({"days": "30"})
        assert (str(period.first_day), str(period.last_day)) == ("2026-02-19", "2026-03-20")
        assert period_of({}).days == 90

    @pytest.mark.parametrize(
        "query",
        [
            {"days": "31"},
            {"days": "-1"},
            {"from": "2026-01-01"},
            {"from": "2026-01-02", "to": "2026-01-01"},
            {"from": "2020-01-01", "to": "2026-01-01"},
            {"from": "20260101", "to": "20260102"},
            {"from": "2026-02-30", "to": "2026-03-01"},
            {"from": "9999-12-31", "to": "9999-12-31"},
            {"from": "２０２６-01-01", "to": "2026-01-02"},
        ],
    )
    def test_nonsense_is_refused(self, query: dict[str, str]) -> None:
        with pytest.raises(CareError) as refusal:
            period_of(query)
        assert refusal.value.code == "invalid_request"


@pytest.mark.one_database
class TestShapes:
    def test_percentiles_lie_between_neighbours(self) -> None:
        assert lengths.percentile(minutes(10), 0.9) == timedelta(minutes=10)
        assert lengths.percentile(minutes(0, 10), 0.5) == timedelta(minutes=5)
        assert lengths.length_of([]) == lengths.Length()

    def test_a_scale_ends_with_a_round_number(self) -> None:
        assert [charts.round_up(one) for one in (0, 1, 3, 6, 11, 21, 99, 101)] == [
            *(1, 1, 4, 10, 20, 40, 100, 200)
        ]

    def test_the_longest_bar_fills_the_width(self) -> None:
        table = tables.Table(
            "triage",
            "Time to triage",
            "",
            (),
            [
                ("all", "all", 2, *minutes(30, 60, 40)),
                ("severity", "P0", 1, *minutes(0, 0, 0)),
                ("project", "PID", 9, *minutes(500, 900, 600)),
                ("severity", "P3", 0, None, None, None),
            ],
        )
        chart = charts.length_bars(table)
        assert chart is not None
        assert [(one.label, one.width, one.reach) for one in chart.bars] == [
            ("all", 50.0, 100.0),
            ("P0", 0.0, 0.0),
        ]
        assert "all 30 min, 90 % within 1 h (2)" in chart.summary

    def test_columns_stack_up_to_their_total(self) -> None:
        rows = [("2026-03-02", 1, 0, 2, 0, 1, 4), ("2026-03-09", 0, 0, 0, 0, 0, 0)]
        chart = charts.week_columns(tables.Table("weeks", "Per week", "", (), rows))
        assert chart is not None
        pieces = chart.columns[0].pieces
        assert [(one.top, one.height, one.tone) for one in pieces] == [
            (75.0, 25.0, "P0"),
            (25.0, 50.0, "P2"),
            (0.0, 25.0, "none"),
        ]
        assert chart.columns[1].pieces == []

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_no_text_becomes_a_formula(self, text: str) -> None:
        assert numbers.plain(text) == f"'{text}"

    def test_figures_are_plain_for_a_spreadsheet(self) -> None:
        values = (None, timedelta(minutes=2), 0.5, 1204, "PID-1", START.date())
        assert [numbers.plain(value) for value in values] == [
            *("", "120", "0.5000", "1204", "PID-1", "2026-03-02")
        ]
        assert [numbers.words(value) for value in values[:4]] == ["–", "2 min", "50 %", "1,204"]


@pytest.mark.django_db
class TestPage:
    QUERIES = ("", "?days=30", "?days=365", "?from=2026-03-01&to=2026-03-31", "?tenant=default")

    @pytest.mark.parametrize("query", QUERIES)
    def test_it_shows_every_figure_with_its_definition(
        self, console: Client, cast: Cast, query: str
    ) -> None:
        self.some_cases(cast)
        answer = console.get(PAGE + query)
        assert answer.status_code == 200
        page = answer.content.decode()
        for table in found().values():
            assert table.title in page
            assert table.definition in page
        for shown in ("MTTA", "MTTR", "data_loss", "PID-DPA01", "<svg", 'role="img"'):
            assert shown in page
        assert " style=" not in page
        assert "the raw words" not in page

    def test_an_empty_installation_has_a_page_too(self, console: Client) -> None:
        page = console.get(PAGE).content.decode()
        assert "Nothing in this period." in page
        assert "–" in page

    @pytest.mark.parametrize(
        "query",
        ["?days=7", "?from=x&to=y", "?tenant=nobody", "?format=xml", "?format=csv", "?days=%00"],
    )
    def test_a_bad_question_has_a_page_that_says_so(self, console: Client, query: str) -> None:
        answer = console.get(PAGE + query)
        assert answer.status_code == 400
        assert "invalid_request" in answer.content.decode()

    def test_every_table_is_there_as_csv(self, console: Client, cast: Cast) -> None:
        self.some_cases(cast)
        Project.objects.filter(pid="PID-DPA01").update(pid='=HYPERLINK("x")')
        for table in found().values():
            answer = console.get(f"{PAGE}?days=30&format=csv&table={table.key}")
            assert answer.status_code == 200
            assert answer["Content-Type"] == "text/csv; charset=utf-8"
            name = f'attachment; filename="{table.key}-2026-02-19-2026-03-20.csv"'
            assert answer["Content-Disposition"] == name
            head, *rows = csv.reader(io.StringIO(answer.content.decode()))
            assert head == list(table.columns)
            assert len(rows) >= len(table.rows) > 0 or table.key == "weeks"
            assert not [cell for line in rows for cell in line if cell[:1] in ("=", "+", "@")]
        resolve = console.get(f"{PAGE}?days=30&format=csv&table=resolve").content.decode()
        assert "severity,P0,2,900,996,900" in resolve
        assert "'=HYPERLINK" in resolve

    def test_the_number_of_queries_does_not_grow(
        self, console: Client, cast: Cast, stranger: Cast, django_assert_max_num_queries: Any
    ) -> None:
        self.some_cases(cast)
        with django_assert_max_num_queries(20) as before:
            console.get(PAGE)
        asked = len(before)
        for agent in (cast.jade, cast.onyx, stranger.jade):
            self.some_cases(cast, agent)
        with django_assert_max_num_queries(asked):
            console.get(PAGE)

    def test_only_operators_who_may_view_cases(self, cast: Cast) -> None:
        assert Client().get(PAGE).status_code == 302
        visitor = Client()
        visitor.force_login(User.objects.create_user("vera", is_staff=True))
        assert visitor.get(PAGE).status_code == 403

    def some_cases(self, cast: Cast, agent: Agent | None = None) -> None:
        for resolved in (13, 17):
            case(
                agent or cast.jade,
                "the raw words",
                category="data_loss",
                severity="P0",
                acknowledged=1,
                resolved=resolved,
                status="resolved",
                unknown=UNKNOWN,
            )
