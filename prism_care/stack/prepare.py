"""Brings the data folder and the database to where the programs can start."""

import io
import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import Error as DatabaseError
from django.http.request import validate_host
from kombu.exceptions import KombuError
from kombu.utils.url import maybe_sanitize_url

from phonehome.egress import egress
from prism_care.celery import app
from prism_care.demo.data import DemoData, make_demo_data
from prism_care.stack.first_run import remembered_key


def prepare_folder() -> Path:
    """The data folder and the file broker's folders, for their owner only."""
    folder = Path(settings.PRISM_VAR_DIR).resolve()
    os.umask(0o077)
    options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name in ("data_folder_in", "data_folder_out", "control_folder"):
            if name in options:
                Path(options[name]).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"PRISM_VAR_DIR={folder} cannot be used: {error.strerror}.") from error
    return folder


def prepare_database(folder: Path) -> DemoData:
    """Checks, migrations, pages' files and the demo tenant. Raises CommandError with the fix."""
    try:
        call_command("check", databases=["default"], stdout=io.StringIO())
        call_command("migrate", interactive=False, verbosity=0)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
        return make_demo_data(known_key=remembered_key(folder))
    except DatabaseError as error:
        engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
        raise CommandError(
            f"The database ({engine}) refused: {str(error).strip()}\n"
            "Check DATABASE_URL; without it an SQLite file in PRISM_VAR_DIR is used."
        ) from error


def require_broker() -> None:
    """Raises CommandError when the broker is not there; the programs would only wait for it."""
    url = str(app.conf.broker_url)
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except KeyError:
        kinds = "redis://, amqp:// or filesystem://"
        raise CommandError(f"CELERY_BROKER_URL is of an unknown kind; use {kinds}.") from None
    except (KombuError, OSError) as error:
        raise CommandError(
            f"The broker {maybe_sanitize_url(url)} does not answer: {error}\n"
            "Start it, or leave CELERY_BROKER_URL unset to use files in PRISM_VAR_DIR."
        ) from None


def require_allowed(address: str) -> None:
    """Raises CommandError when the site would refuse to answer to its own `address`."""
    host = urlsplit(address).hostname or ""
    if validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS):
        return
    raise CommandError(
        f"The stack listens on {host}, but ALLOWED_HOSTS does not hold it. "
        f"Set ALLOWED_HOSTS={host},localhost"
    )


def where_issues_go() -> str:
    """A line for people: which transport files issues, and where."""
    way = egress()
    if way.kind == "gh":
        return f"gh: issues are filed in {settings.GITHUB_REPO} on GitHub"
    where = f"folder: issues are written to {settings.PHONE_HOME_FOLDER}"
    return f"{where} ({way.why.partition(';')[0]})"
