"""Celery entry of the desk."""

from uuid import UUID

from celery import shared_task

from incidents.services.run_desk import run_desk as run_desk_now


@shared_task(name="incidents.run_desk")
def run_desk(intake_id: str) -> None:
    run_desk_now(UUID(intake_id))
