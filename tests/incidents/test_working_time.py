"""Working time: time zones, clocks set forward and back, holidays, the turn of a year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.deadlines.calendar import NoWorkingTime, WorkingHours, due_after, work_between

pytestmark = pytest.mark.one_database
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]


def office(timezone: str = "Europe/Berlin", **other: object) -> WorkingHours:
    values = {"weekdays": frozenset(range(5)), "opens": time(9), "closes": time(17), **other}
    return WorkingHours(timezone=timezone, **values)  # type: ignore[arg-type]


instants = st.integers(0, 5 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
lengths = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=60))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingHours:
    opens = draw(st.integers(0, 22 * 60))
    closes = draw(st.integers(opens + 60, 23 * 60 + 59))
    country, subdivision = draw(st.sampled_from([("", ""), ("DE", "BY"), ("US", "CA"), ("JP", "")]))
    return WorkingHours(
        timezone=draw(st.sampled_from(ZONES)),
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        opens=time(opens // 60, opens % 60),
        closes=time(closes // 60, closes % 60),
        country=country,
        subdivision=subdivision,
        days_off=frozenset(draw(st.sets(st.dates(date(2024, 1, 1), date(2029, 1, 1)), max_size=3))),
    )


def is_working(instant: datetime, hours: WorkingHours) -> bool:
    """Whether a person looking at the wall sees working hours (both ends count)."""
    local = instant.astimezone(ZoneInfo(hours.timezone))
    day = local.date()
    opens, closes = (
        datetime.combine(day, at, tzinfo=local.tzinfo).astimezone(UTC)
        for at in (hours.opens, hours.closes)
    )
    return hours.works_on(day) and opens <= instant <= closes


@given(instants, lengths)
def test_round_the_clock_is_plain_addition(start: datetime, work: timedelta) -> None:
    assert due_after(start, work, None) == start + work
    assert work_between(start, start + work, None) == work


@given(instants, lengths, calendars())
def test_it_ends_within_the_hours_and_holds_exactly_the_work(
    start: datetime, work: timedelta, hours: WorkingHours
) -> None:
    due = due_after(start, work, hours)
    assert due >= start + work
    assert is_working(due, hours)
    assert work_between(start, due, hours) == work


@given(instants, lengths, lengths, calendars())
def test_parts_add_up(start: datetime, one: timedelta, two: timedelta, hours: WorkingHours) -> None:
    assert due_after(due_after(start, one, hours), two, hours) == due_after(start, one + two, hours)


@given(instants, st.timedeltas(timedelta(0), timedelta(days=9)), lengths, calendars())
def test_later_never_ends_earlier(
    start: datetime, later: timedelta, work: timedelta, hours: WorkingHours
) -> None:
    assert due_after(start, work, hours) <= due_after(start + later, work, hours)
    assert due_after(start, work, hours) <= due_after(start, work + later, hours)


@given(instants, instants, instants, calendars())
def test_work_between_adds_up(
    one: datetime, two: datetime, three: datetime, hours: WorkingHours
) -> None:
    first, middle, last = sorted([one, two, three])
    last = min(last, first + timedelta(days=40))
    middle = min(middle, last)
    parts = work_between(first, middle, hours) + work_between(middle, last, hours)
    assert parts == work_between(first, last, hours)


def at(zone: ZoneInfo, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=zone).astimezone(UTC)  # type: ignore[misc,arg-type]


def test_a_weekend_is_no_working_time() -> None:
    friday = at(BERLIN, 2026, 4, 10, 16)
    assert due_after(friday, 2 * HOUR, office()) == at(BERLIN, 2026, 4, 13, 10)


def test_the_day_has_an_hour_less_when_the_clock_is_set_forward() -> None:
    """In Berlin on 29 March 2026 two o'clock is three: from one to nine there are seven hours."""
    nights = office(weekdays=frozenset(range(7)), opens=time(1), closes=time(9))
    sunday = at(BERLIN, 2026, 3, 29, 1)
    assert due_after(sunday, 7 * HOUR, nights) == at(BERLIN, 2026, 3, 29, 9)
    assert due_after(sunday, 8 * HOUR, nights) == at(BERLIN, 2026, 3, 30, 2)


def test_and_an_hour_more_when_it_is_set_back() -> None:
    nights = office("America/New_York", weekdays=frozenset(range(7)), opens=time(0))
    sunday = at(NEW_YORK, 2026, 11, 1, 0)
    assert due_after(sunday, 18 * HOUR, nights) == at(NEW_YORK, 2026, 11, 1, 17)


def test_office_hours_keep_the_wall_clock_over_a_change() -> None:
    """Nine o'clock in Berlin is eight in UTC before the change and seven after it."""
    friday = at(BERLIN, 2026, 3, 27, 16)
    monday = due_after(friday, 2 * HOUR, office())
    assert monday == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_holidays_of_the_country_and_its_part_are_skipped() -> None:
    """6 January 2026 is a holiday in Bavaria and a working day in Berlin."""
    monday = at(BERLIN, 2026, 1, 5, 16)
    bavaria, berlin = office(country="DE", subdivision="BY"), office(country="DE")
    assert due_after(monday, 2 * HOUR, bavaria) == at(BERLIN, 2026, 1, 7, 10)
    assert due_after(monday, 2 * HOUR, berlin) == at(BERLIN, 2026, 1, 6, 10)


def test_the_turn_of_the_year() -> None:
    eve = at(NEW_YORK, 2026, 12, 31, 16)
    assert due_after(eve, 2 * HOUR, office("America/New_York", country="US")) == at(
        NEW_YORK, 2027, 1, 4, 10
    )


def test_own_days_off() -> None:
    off = office(days_off=frozenset({date(2026, 4, 13)}))
    assert due_after(at(BERLIN, 2026, 4, 10, 16), 2 * HOUR, off) == at(BERLIN, 2026, 4, 14, 10)


def test_hours_without_a_working_day_are_no_endless_loop() -> None:
    with pytest.raises(NoWorkingTime):
        due_after(datetime(2026, 1, 1, tzinfo=UTC), HOUR, office(weekdays=frozenset()))
