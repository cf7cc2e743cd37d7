"""A database of its own for programs that a test starts: they cannot see a test's transaction."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
from django.conf import settings

ROOT = Path(__file__).parents[2]


@dataclass
class Install:
    """The product on its own database and data folder, reached by its commands."""

    folder: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Run `python <arguments>`; its output. Fails when it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start `python <arguments>`; its output goes to a file in the folder."""
        with (self.folder / "programs.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def count(self, query: str) -> int:
        """The number that a query without parameters gives."""
        if self.database_url.startswith("sqlite"):
            with sqlite3.connect(self.folder / "own.sqlite3", timeout=20) as connection:
                return int(connection.execute(query).fetchone()[0])
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return int(row[0])


@contextmanager
def own_install(folder: Path, **environment: str) -> Iterator[Install]:
    """A migrated install on the kind of database that the tests run on."""
    with _database(folder) as url:
        install = Install(folder, url)
        install.environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": uuid4().hex * 2,
            "DATABASE_URL": url,
            "PRISM_VAR_DIR": str(folder),
            "CELERY_BROKER_URL": "memory://",
            "PHONE_HOME_SHIP_DELAY_SECONDS": "0",
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        install.run("manage.py", "migrate", "--verbosity=0")
        yield install


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / 'own.sqlite3'}"
        return
    name = f"prism_own_{uuid4().hex}"
    with psycopg.connect(_of_database("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield _of_database(name)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _of_database(name: str) -> str:
    """TEST_DATABASE_URL with another database; its host may stand behind the `?` (a socket)."""
    url = os.environ["TEST_DATABASE_URL"]
    return re.sub(r"^([a-z]+://[^/?]*)/?[^?]*", rf"\1/{name}", url)
