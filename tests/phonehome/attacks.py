"""Means of an attacker with a database connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction


@contextmanager
def refused() -> Iterator[None]:
    """The database refuses it, in the product's own words or by a constraint."""
    with pytest.raises(IntegrityError), transaction.atomic():
        yield


def sql(statement: str, *values: Any) -> int:
    """Run raw SQL with the product's own connection; how many rows it touched."""
    prepared = [
        models.UUIDField().get_db_prep_value(value, connection)
        if isinstance(value, UUID)
        else value
        for value in values
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, prepared)
        return int(cursor.rowcount)


@contextmanager
def behind_the_triggers() -> Iterator[None]:
    """As the owner of the schema: no trigger fires. For use inside a test's transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, definition in triggers:
            cursor.execute(definition)
