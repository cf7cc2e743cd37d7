"""Celery entries of the desk: ids only; the rows decide."""

from uuid import UUID

from celery import shared_task

from incidents.services.run_desk import run_desk as run_desk_now
from incidents.services.send_escalation import send_queued_escalations


@shared_task(name="incidents.run_desk")
def run_desk(intake_id: str) -> None:
    run_desk_now(UUID(intake_id))


@shared_task(name="incidents.send_escalations")
def send_escalations() -> None:
    send_queued_escalations()
