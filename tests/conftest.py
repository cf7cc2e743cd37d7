"""Fixtures of the whole suite: a cast, a desk that runs, and databases that can be emptied."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations

from tests.cast import Cast, make_cast


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _nudges_go_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in most tests: what a nudge would do, the sweep does when a test says so.
    Tests of the broker and the worker start real ones."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda self, *a, **k: None)


@pytest.fixture(scope="session", autouse=True)
def _emptied_behind_the_triggers() -> Iterator[None]:
    """The product's tables refuse DELETE and TRUNCATE. Emptying the test database between
    transactional tests goes around the triggers, as only the owner of the schema can."""
    original: Callable[..., Any] = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, statements: list[str]) -> None:
        if self.connection.vendor == "postgresql":
            statements = ["SET session_replication_role = replica", *statements]
            statements += ["SET session_replication_role = DEFAULT"]
            original(self, statements)
            return
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        original(self, statements)
        with self.connection.cursor() as cursor:
            for _, definition in triggers:
                cursor.execute(definition)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def stranger(db: None) -> Cast:
    """Another tenant on the same installation."""
    return make_cast(tenant="elsewhere", operator="eve")


@pytest.fixture
def sweep() -> Callable[[], None]:
    """One pass of every duty; fails the test when one of them failed."""
    from kernel.duties import run_duties

    def run() -> None:
        failed = [result.name for result in run_duties() if result.failed]
        assert not failed, failed

    return run


@pytest.fixture
def on_postgresql() -> bool:
    return connections["default"].vendor == "postgresql"


# Plain Python without a database: once is enough.
_PURE = ("redaction", "incidents/desk", "phonehome/transports", "standins")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent
    for item in items:
        if item.path.relative_to(root).as_posix().startswith(_PURE):
            item.add_marker("one_database")
