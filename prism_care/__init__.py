"""Wires the apps: settings, addresses, Celery and the console site."""

from prism_care.celery import app as celery_app

__all__ = ["celery_app"]
