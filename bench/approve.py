"""From the approve click to the issue, worker idle.

    python -m bench.approve [sqlite|postgresql …] [--packets 30]

A real web server, a real Celery worker, the real gh against a stand-in GitHub on this machine.
gh's own time (preflight, labels and create, called directly in the same run) is shown apart. SQLite
runs on the embedded file broker, PostgreSQL on Redis when one answers.
"""

import argparse
import http.cookiejar
import json
import os
import re
import socket
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from uuid import uuid4

from bench.product import PASSWORD, Product, percentiles, running
from phonehome.transports.base import IssueDraft
from phonehome.transports.gh import GhTransport
from tests.standins.github import GitHubStandIn

REPO = "FrankTewksbury/Prism"
LABELS = ("phone-home", "customer-care", "severity:P2", "kind:incident", "scope:prism-product")


class Operator:
    """A signed-in operator clicking through the console."""

    def __init__(self, product: Product) -> None:
        self.base = product.base
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.post("/console/login/", {"username": "frank", "password": PASSWORD})

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: dict[str, str], page: str | None = None) -> None:
        token = _field(page or self.get(path), "csrfmiddlewaretoken")
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.base + path, data, {"Referer": self.base + path})
        self.opener.open(request).read()


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    if found is None:
        raise RuntimeError(f"no {name} on the page")
    return found.group(1)


def call(product: Product, key: str, path: str, body: Any = None, method: str = "") -> Any:
    request = urllib.request.Request(
        f"{product.base}/api/v1/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {product.keys[key]}", "Content-Type": "application/json"},
        method=method or ("GET" if body is None else "POST"),
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def wait_for(condition: Any, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.002)
    raise RuntimeError("waited in vain")


def run(database: str, packets: int) -> None:
    with tempfile.TemporaryDirectory() as folder, GitHubStandIn(Path(folder)) as hub:
        settings = {
            **hub.gh_environment(),
            "GITHUB_TRANSPORT": "gh",
            "GITHUB_REPO": REPO,
            "PHONE_HOME_SHIP_DELAY_SECONDS": "0",
            "DESK_MODE": "auto",
        }
        broker = "the embedded file broker"
        if database == "postgresql" and _answers(6379):
            settings["CELERY_BROKER_URL"], broker = "redis://127.0.0.1:6379/9", "Redis"
        with running(database, programs=("web", "worker"), **settings) as product:
            taken = _approvals(product, hub, packets)
            own = _gh_alone(hub, packets)
        p50, p99 = percentiles(taken)
        gh50, gh99 = percentiles(own)
        print(
            f"{database}, {broker}: click to issue p50 {p50:.0f} ms, p99 {p99:.0f} ms; "
            f"gh alone p50 {gh50:.0f} ms, p99 {gh99:.0f} ms; "
            f"beyond gh p50 {p50 - gh50:.0f} ms ({packets} packets)",
            flush=True,
        )


def word(number: int) -> str:
    """0 is "a", 26 is "ba": the desk leaves numbers out when it compares reports."""
    rest, last = divmod(number, 26)
    return (word(rest) if rest else "") + ascii_lowercase[last]


def _approvals(product: Product, hub: GitHubStandIn, packets: int) -> list[float]:
    for number in range(packets):
        call(
            product,
            "Jade",
            "signals",
            {
                "to_identity": "Sage",
                "signal_type": "Question",
                # Another fault each time: a repeated one joins the case that is open.
                "payload": f"prism_signal crashes with KeyError '{word(number)}'",
            },
        )
    waiting = wait_for(
        lambda: (
            (
                found := call(
                    product,
                    "Clara",
                    "phone-home/records?limit=200&status=pending_operator_review",
                )["results"]
            )
            and len(found) == packets
            and found
        )
    )
    operator = Operator(product)
    taken = []
    for count, record in enumerate(waiting, start=1):
        path = f"/console/review/{record['record_id']}/"
        page = operator.get(path)
        fields = {"action": "approve", "digest": _field(page, "digest")}
        began = time.perf_counter()
        operator.post(path, fields, page)
        wait_for(lambda count=count: len(hub.issues()) >= count)
        taken.append(time.perf_counter() - began)
        wait_for(lambda record=record: _settled(product, record["record_id"]))
    return taken


def _settled(product: Product, record_id: str) -> bool:
    status = call(product, "Clara", f"phone-home/records/{record_id}")["status"]
    return bool(status == "shipped")


def _gh_alone(hub: GitHubStandIn, times: int) -> list[float]:
    transport = GhTransport(environ={**_path(), **hub.gh_environment()}, create_missing_labels=True)
    taken = []
    for _ in range(times):
        marker = f"prism-care:packet:{uuid4()}"
        draft = IssueDraft(REPO, "A title", f"A body\n\n{marker}\n", LABELS, marker)
        began = time.perf_counter()
        transport.preflight(REPO)
        transport.ensure_labels(REPO, LABELS)
        transport.create(draft)
        taken.append(time.perf_counter() - began)
    return taken


def _path() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--packets", type=int, default=30)
    options = parser.parse_args()
    for database in options.databases:
        run(database, options.packets)


if __name__ == "__main__":
    main()
