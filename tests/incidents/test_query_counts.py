"""The status verb and the record take five queries at most, authentication counted, however much
has happened to the case."""

from typing import Any

import pytest

from incidents.models import TimelineEntry
from tests.cast import Agent, Cast
from tests.incidents.lesson.cases import Case

pytestmark = pytest.mark.django_db

MOST = 5


@pytest.fixture(autouse=True)
def _desk_stands_aside(settings: Any) -> None:
    settings.DESK_MODE = "agents"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case with all that it can have: tiers, actions, facts, a lesson, a long story."""
    found = Case(cast).contained()
    for number in range(12):
        found.stop(f"disable_writer_{number}")
    row = found.row
    for event in ("packet_staged", "message", "deadline_breached") * 20:
        TimelineEntry.objects.create(
            tenant_id=row.tenant_id, incident=row, event=event, actor="system:tests"
        )
    # The first request of a key in five minutes writes down that it was used.
    for agent in (cast.jade, cast.sage, cast.clara):
        assert agent.get("roster").status_code == 200
    return found


@pytest.mark.parametrize("who", ["jade", "sage", "clara"])
def test_the_status_verb(
    cast: Cast, case: Case, who: str, django_assert_max_num_queries: Any
) -> None:
    agent: Agent = getattr(cast, who)
    with django_assert_max_num_queries(MOST):
        assert agent.get(f"{case.path}/status").status_code == 200


@pytest.mark.parametrize("who", ["jade", "clara"])
def test_reading_a_case(
    cast: Cast, case: Case, who: str, django_assert_max_num_queries: Any
) -> None:
    agent: Agent = getattr(cast, who)
    with django_assert_max_num_queries(MOST):
        assert agent.get(case.path).status_code == 200


@pytest.mark.parametrize("document", ["record", "postmortem-link"])
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_documents(
    cast: Cast, case: Case, document: str, form: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST):
        answer = cast.clara.get(f"{case.path}/{document}", accept=f"application/{form}")
        assert answer.status_code == 200


def test_the_list_does_not_ask_per_row(
    cast: Cast, case: Case, django_assert_max_num_queries: Any
) -> None:
    for payload in ("Its ticket writer stops", "A ticket has no owner", "No ticket is read"):
        Case(cast, payload).triage()
    for query in ("", "?q=ticket"):
        with django_assert_max_num_queries(6):
            answer = cast.clara.get(f"incidents{query}")
        assert len(answer.json()["results"]) == 4
