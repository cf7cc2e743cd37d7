"""`POST /api/v1/signals` against a raw loop of the same inserts.

    python -m bench.signals [sqlite|postgresql …] [--seconds 8]

Each request crosses a project, so it writes a signal, an audit row and an intake row in one
transaction. The baseline does the same three inserts through psycopg (or sqlite3) in the same run,
on the same server, with the same number of connections.
"""

import argparse
import http.client
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.product import Product, percentiles, running

CLIENTS = (1, 8, 32)
BODY = json.dumps(
    {"to_identity": "Sage", "signal_type": "Question", "payload": {"text": "prism_signal fails"}}
).encode()


def measure(clients: int, seconds: float, make: Callable[[], Callable[[], None]]) -> list[float]:
    """Run `clients` threads for `seconds`; how long each call took."""
    taken: list[list[float]] = [[] for _ in range(clients)]
    ready = threading.Barrier(clients)

    def work(times: list[float]) -> None:
        call = make()
        call()
        ready.wait()
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            call()
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(times,)) for times in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for times in taken for one in times]


def http_calls(product: Product) -> Callable[[], Callable[[], None]]:
    headers = {
        "Authorization": f"Bearer {product.keys['Jade']}",
        "Content-Type": "application/json",
    }

    def make() -> Callable[[], None]:
        connection = http.client.HTTPConnection("127.0.0.1", product.port)

        def call() -> None:
            connection.request("POST", "/api/v1/signals", BODY, headers)
            response = connection.getresponse()
            text = response.read()
            if response.status != 201:
                raise RuntimeError(text)

        return call

    return make


def raw_calls(product: Product, sample: dict[str, dict[str, Any]]) -> Callable[[], Any]:
    """The inserts of one sampled request, with fresh ids, through the driver alone."""
    url = product.environment.get("DATABASE_URL")
    statements = list(sample.items())

    def make() -> Callable[[], None]:
        if url:
            connection: Any = psycopg.connect(url)
            mark = "%s"
        else:
            path = Path(product.environment["PRISM_VAR_DIR"]) / "prism-care.sqlite3"
            connection = sqlite3.connect(path, timeout=20, isolation_level=None)
            connection.execute("PRAGMA synchronous=FULL")
            mark = "?"

        def call() -> None:
            fresh = uuid.uuid4()
            key: Any = fresh if url else fresh.hex
            if not url:
                connection.execute("BEGIN IMMEDIATE")
            for table, row in statements:
                values = dict(row)
                for name in ("id", "uid", "signal_id", "audit_uid", "intake_id", "thread_id"):
                    if name in values and not (name == "id" and table == "bridge_bridgeaudit"):
                        values[name] = key
                if table == "bridge_bridgeaudit":
                    values.pop("id")
                names = ", ".join(f'"{name}"' for name in values)
                marks = ", ".join([mark] * len(values))
                connection.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values())
                )
            connection.commit() if url else connection.execute("COMMIT")

        return call

    return make


def sampled(product: Product) -> dict[str, dict[str, Any]]:
    """One stored row of each table the request writes, as the driver takes it."""
    tables = ("bridge_bridgeaudit", "bridge_signal", "incidents_intake")
    url = product.environment.get("DATABASE_URL")
    rows: dict[str, dict[str, Any]] = {}
    if url:
        with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
            for table in tables:
                row = connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
                rows[table] = {
                    name: json.dumps(value) if isinstance(value, dict) else value
                    for name, value in dict(row or {}).items()
                }
        return rows
    path = Path(product.environment["PRISM_VAR_DIR"]) / "prism-care.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        for table in tables:
            rows[table] = dict(connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone())
    return rows


def run(database: str, seconds: float) -> None:
    workers = 2 if database == "postgresql" else 1
    with running(database, workers=workers) as product:
        http_calls(product)()()
        sample = sampled(product)
        print(f"\n{database}: {workers} web process(es), {datetime.now(UTC):%Y-%m-%d}")
        print("clients   raw/s  raw p50  raw p99   POST/s  POST p50  POST p99   ratio")
        for clients in CLIENTS:
            raw = measure(clients, seconds, raw_calls(product, sample))
            posted = measure(clients, seconds, http_calls(product))
            raw50, raw99 = percentiles(raw)
            post50, post99 = percentiles(posted)
            print(
                f"{clients:7d} {len(raw) / seconds:7.0f} {raw50:6.2f}ms {raw99:6.2f}ms "
                f"{len(posted) / seconds:8.0f} {post50:7.2f}ms {post99:7.2f}ms "
                f"{len(posted) / len(raw):7.2f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    for database in options.databases:
        run(database, options.seconds)


if __name__ == "__main__":
    main()
