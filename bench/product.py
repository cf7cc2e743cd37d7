"""A throwaway installation for benchmarks: own folder, own database, real processes."""

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
PASSWORD = uuid.uuid4().hex


@dataclass
class Product:
    """A running installation: its address, an agent key for each name, and its environment."""

    base: str
    port: int
    environment: dict[str, str]
    keys: dict[str, str] = field(default_factory=dict)

    def manage(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout


@contextmanager
def running(
    database: str, *, programs: Sequence[str] = ("web",), workers: int = 1, **settings: str
) -> Iterator[Product]:
    """Start `web`, `worker` and `beat` as asked on `sqlite` or `postgresql`, and end them."""
    with (
        tempfile.TemporaryDirectory(prefix="prism-care-bench-") as folder,
        _database(database) as url,
    ):
        port = _free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GH_")},
            "PRISM_VAR_DIR": folder,
            "PRISM_PORT": str(port),
            "WEB_WORKERS": str(workers),
            "LOG_LEVEL": "ERROR",
            "API_RATE_LIMIT_PER_MINUTE": "100000000",
            "INTAKE_STORM_REPORTS": "100000000",
            "DESK_MODE": "agents",
            **settings,
        }
        environment.pop("DATABASE_URL", None)
        if url:
            environment["DATABASE_URL"] = url
        product = Product(f"http://127.0.0.1:{port}", port, environment)
        _prepare(product, Path(folder))
        processes = [_start(name, environment) for name in programs]
        try:
            _wait_ready(product)
            yield product
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGTERM)
            for process in processes:
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    return (
        statistics.median(ordered) * 1000,
        ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000,
    )


def _prepare(product: Product, folder: Path) -> None:
    for name in ("broker/messages", "broker/control", "static"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    product.manage("migrate", "--verbosity=0")
    product.manage("seed_care", "--home", "PID-PGR01")
    product.manage("project", "create", "PID-DPA01")
    product.manage("operator", "create", "frank", "--password-stdin", stdin=PASSWORD + "\n")
    for name, pid in (("Jade", "PID-DPA01"), ("Clara", "PID-PGR01"), ("Sage", "PID-PGR01")):
        printed = product.manage("agent_key", "create", "--pid", pid, "--identity", name)
        product.keys[name] = printed.strip()


def _start(name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "prism_care"]
    arguments = {
        "web": [
            *(sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py"),
            "prism_care.wsgi:application",
        ],
        "worker": [*celery, "worker", "--loglevel=ERROR", "--concurrency=2"],
        "beat": [*celery, "beat", "--pidfile=", "--loglevel=ERROR"],
    }[name]
    return subprocess.Popen(
        arguments, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL
    )


def _wait_ready(product: Product) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{product.base}/readyz", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    name = f"prism_care_bench_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield re.sub(r"/[^/]*$", f"/{name}", SERVER)
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
