"""Celery entries of phone-home: ids only; the rows decide."""

from uuid import UUID

from celery import shared_task

from phonehome.services.carry_shipment import ship_now
from phonehome.services.stage_desk_case import stage_desk_case as stage_case_now


@shared_task(name="phonehome.ship")
def ship(shipment_id: str) -> None:
    ship_now(UUID(shipment_id))


@shared_task(name="phonehome.stage_desk_case")
def stage_desk_case(incident_pk: str) -> None:
    stage_case_now(UUID(incident_pk))
