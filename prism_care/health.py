"""Readiness: can this process do its work now?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import KombuError

from prism_care.celery import app


def readiness() -> dict[str, str]:
    """`ok` or what is wrong, for database, migrations and broker."""
    parts = {"database": "ok", "migrations": "ok", "broker": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            parts["migrations"] = "not all applied: run manage.py migrate"
    except DatabaseError:
        parts["database"] = "not reachable"
        parts["migrations"] = "unknown"
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (KombuError, OSError):
        parts["broker"] = "not reachable"
    except (KeyError, ValueError):
        parts["broker"] = "CELERY_BROKER_URL names no broker that this version knows"
    return parts
