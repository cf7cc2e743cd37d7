"""Status verb, record, search, lists, numbers and a deadline sweep, at 1,000 and 100,000 cases.

    python -m bench.incidents [--large 100000] [--requests 60] [--due 2000]

Two installations on PostgreSQL, each in a database of its own that is made and dropped, each with
one web process. Requests go to both in turn, so that whatever else the machine does weighs on
both alike; the ratio is that of the medians.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from bench.approve import Operator
from bench.cases import COMMON, RARE, SOME, fill
from bench.product import ROOT, Product, running

SMALL = 1_000
NUMBERS = "/console/incidents/numbers/?days=365"


@dataclass
class Site:
    """One installation with so many cases, and the connections to it."""

    product: Product
    cases: int
    ids: list[str]

    def __post_init__(self) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", self.product.port)
        self.operator = Operator(self.product)

    def api(self, who: str, path: str) -> float:
        """Seconds that a GET took."""
        headers = {"Authorization": f"Bearer {self.product.keys[who]}"}
        began = time.perf_counter()
        self.http.request("GET", path, headers=headers)
        answer = self.http.getresponse()
        text = answer.read()
        taken = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text[:500]!r}")
        return taken

    def page(self, path: str) -> float:
        began = time.perf_counter()
        self.operator.get(path)
        return time.perf_counter() - began


# Name → who asks and the path; `{id}` is a case chosen anew for each request.
API = {
    "status verb": ("Jade", "/api/v1/incidents/{id}/status"),
    "case, by its reporter": ("Jade", "/api/v1/incidents/{id}"),
    "case, by Clara": ("Clara", "/api/v1/incidents/{id}"),
    "record document": ("Clara", "/api/v1/incidents/{id}/record"),
    "list of 50": ("Clara", "/api/v1/incidents"),
    "search, a word of every case": ("Clara", f"/api/v1/incidents?q={COMMON}"),
    "search, a word of 3 %": ("Clara", f"/api/v1/incidents?q={SOME}"),
    "search, a rare word": ("Clara", f"/api/v1/incidents?q={RARE}"),
    "search, two words": ("Clara", f"/api/v1/incidents?q={COMMON}+{SOME}"),
    "search, no such word": ("Clara", "/api/v1/incidents?q=nowhere"),
    "search by a reporter": ("Jade", f"/api/v1/incidents?q={SOME}"),
    "search by id": ("Clara", "/api/v1/incidents?q={id}"),
    "similar cases": ("Clara", "/api/v1/incidents/{id}/similar"),
}
PAGES = {
    "list page": "/console/incidents/",
    "list page, search": f"/console/incidents/?q={COMMON}",
}


def made(product: Product, cases: int, due: int) -> Site:
    fill(product, cases, due=due)
    with psycopg.connect(product.environment["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT incident_id FROM incidents_incident")
        return Site(product, cases, [row[0] for row in rows])


def in_turn(
    sites: tuple[Site, Site], ask: Callable[[Site], float], requests: int
) -> tuple[float, float]:
    """Medians in milliseconds, after three requests that do not count."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(requests + 3):
        for site, times in zip(sites, taken, strict=True):
            seconds = ask(site)
            if number >= 3:
                times.append(seconds)
    return tuple(statistics.median(times) * 1000 for times in taken)  # type: ignore[return-value]


def inside(product: Product, *arguments: str, stdin: str = "") -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.inside", *arguments],
        cwd=ROOT,
        env=product.environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def counted(site: Site) -> dict[str, object]:
    """Queries of each request and page, in the large installation."""
    asked = {name: [who, path.format(id=site.ids[0])] for name, (who, path) in API.items()}
    asked |= {name: ["frank", path] for name, path in {**PAGES, "numbers": NUMBERS}.items()}
    return inside(site.product, "queries", json.dumps(asked), stdin=json.dumps(site.product.keys))


def run(large: int, requests: int, due: int) -> None:
    choose = random.Random(7)
    with (
        running("postgresql") as one,
        running("postgresql") as other,
    ):
        began = time.monotonic()
        sites = (made(one, SMALL, min(due, SMALL // 2)), made(other, large, due))
        print(f"{SMALL:,} and {large:,} cases made in {time.monotonic() - began:.0f} s")
        queries = counted(sites[1])
        print(f"{'':30} {SMALL:>10,} {large:>10,}   ratio  queries")

        def show(name: str, ask: Callable[[Site], float], times: int) -> None:
            few, many = in_turn(sites, ask, times)
            ratio = many / few
            print(
                f"{name:30} {few:8.1f}ms {many:8.1f}ms {ratio:7.2f} {queries[name]!s:>8}",
                flush=True,
            )

        for name, (who, path) in API.items():
            show(
                name,
                lambda site, who=who, path=path: site.api(  # type: ignore[misc]
                    who, path.format(id=choose.choice(site.ids))
                ),
                requests,
            )
        for name, path in PAGES.items():
            show(name, lambda site, path=path: site.page(path), requests)  # type: ignore[misc]
        show("numbers", lambda site: site.page(NUMBERS), 5)
        for site in sites:
            for found in inside(site.product, "sweep")["passes"]:  # type: ignore[attr-defined]
                print(
                    f"sweep over {site.cases:,} open cases: {found['moved']:,} clocks moved, "
                    f"{found['kept']:,} promises kept, {found['seconds']:.2f} s, "
                    f"peak {found['peak_mib']} MiB",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--due", type=int, default=2_000)
    options = parser.parse_args()
    run(options.large, options.requests, options.due)


if __name__ == "__main__":
    main()
