"""A program of its own: makes packets, carries them in processes that are killed, tells the end.

    python -m tests.phonehome.kill_driver prepare            prints {step: shipment}
    python -m tests.phonehome.kill_driver approve_one        prints {"one": shipment}
    python -m tests.phonehome.kill_driver kill < that        prints {step: how the worker ended}
    python -m tests.phonehome.kill_driver report < that      prints {step: what became of it}

Database, transport and stand-in come from the environment, as in the product.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prism_care.settings")
django.setup()

from django.db import connection  # noqa: E402

from bridge.models import Signal  # noqa: E402
from incidents.models import JournalEntry  # noqa: E402
from phonehome.models import Shipment  # noqa: E402
from phonehome.services import carry_shipment, cross_link, settle_shipment  # noqa: E402
from phonehome.transports.gh import GhTransport  # noqa: E402
from tests.cast import make_cast  # noqa: E402
from tests.phonehome.packets import approved_packet, attempts_of, shipment_of  # noqa: E402
from tests.standins.github import read_requests, send_order  # noqa: E402


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(work: Callable[..., Any]) -> Callable[..., Any]:
    def both(*args: Any, **kwargs: Any) -> None:
        work(*args, **kwargs)
        die()

    return both


# Where the worker kills itself: the named function is replaced by its death, or dies after it.
BEFORE: dict[str, tuple[Any, str]] = {
    "before the preflight": (GhTransport, "preflight"),
    "before the labels": (GhTransport, "ensure_labels"),
    "before the creating commit": (carry_shipment, "extend_lease"),
    "before gh creates": (GhTransport, "create"),
    "before the settling": (carry_shipment, "settle_filed"),
    "within the settling": (settle_shipment, "record_fact"),
    "before the cross-link": (carry_shipment, "cross_link"),
    "within the cross-link": (cross_link, "tell_reporter"),
}
AFTER: dict[str, tuple[Any, str]] = {
    "after the claim": (carry_shipment, "claim_shipment"),
    "after gh created": (GhTransport, "create"),
    "after the cross-link": (carry_shipment, "cross_link"),
}
# Killed from outside while gh waits for this answer.
WHILE_GH_RUNS = {
    "while gh runs, not created": "hang_before_create",
    "while gh runs, created": "create_then_hang",
}
STEPS = [*BEFORE, *AFTER, *WHILE_GH_RUNS, "not at all"]


def prepare() -> dict[str, str]:
    cast = make_cast()
    return {step: str(shipment_of(approved_packet(cast, title=step)).pk) for step in STEPS}


def approve_one() -> dict[str, str]:
    """One packet, for a worker that is nudged through the broker."""
    return {"one": str(shipment_of(approved_packet(make_cast())).pk)}


def kill(shipments: dict[str, str]) -> dict[str, int]:
    """The exit code of each worker: minus 9 when it was killed."""
    return {step: _killed_at(step, UUID(pk)) for step, pk in shipments.items()}


def _killed_at(step: str, shipment: UUID) -> int:
    hub = Path(os.environ["GH_CONFIG_DIR"]).parent
    creates = _creates(hub)
    if step in WHILE_GH_RUNS:
        send_order(hub, "inject", name=WHILE_GH_RUNS[step])
    connection.close()
    child = os.fork()
    if child == 0:
        _work(step, shipment)
    if step in WHILE_GH_RUNS:
        deadline = time.monotonic() + 20
        while _creates(hub) == creates and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _work(step: str, shipment: UUID) -> None:
    try:
        if step in BEFORE:
            setattr(*BEFORE[step], die)
        if step in AFTER:
            place, name = AFTER[step]
            setattr(place, name, then_die(getattr(place, name)))
        carry_shipment.ship_now(shipment)
    finally:
        os._exit(0)


def _creates(hub: Path) -> int:
    return sum(row["operation"] == "create" for row in read_requests(hub))


def report(shipments: dict[str, str]) -> dict[str, Any]:
    return {step: _became(Shipment.objects.get(pk=pk)) for step, pk in shipments.items()}


def _became(shipment: Shipment) -> dict[str, Any]:
    record = shipment.record
    answers = Signal.objects.filter(
        to_identity="Jade",
        signal_type="Answer",
        payload__incident_id=record.incident.incident_id,
        payload__outcome="filed",
    )
    return {
        "status": record.status,
        "state": shipment.state,
        "marker": record.marker,
        "number": record.issue_number,
        "url": record.issue_url,
        "answers": [one.payload["text"] for one in answers],
        "journal": JournalEntry.objects.filter(incident=record.incident).count(),
        "attempts": attempts_of(record),
    }


if __name__ == "__main__":
    verb = {verb.__name__: verb for verb in (prepare, approve_one, kill, report)}[sys.argv[1]]
    given = [json.load(sys.stdin)] if verb in (kill, report) else []
    sys.stdout.write(json.dumps(verb(*given)))
