"""Celery's entry to the sweep, and the way to nudge a task without depending on the broker."""

from typing import Any

import structlog
from celery import Task, shared_task
from django.db import transaction

from kernel.duties import run_duties

log = structlog.get_logger(__name__)


@shared_task(name="kernel.sweep")
def sweep() -> None:
    run_duties()


def nudge_on_commit(task: Task, *args: Any, countdown: float = 0) -> None:
    """Send a task once the transaction commits; a broker that is down costs only the wait for
    the next sweep, so its failure is logged and not raised."""

    def send() -> None:
        try:
            task.apply_async(args=args, countdown=countdown)
        except Exception:
            log.warning("nudge.not_sent", task=task.name, exc_info=True)

    transaction.on_commit(send)
