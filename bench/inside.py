"""What cannot be seen from outside: queries per request, and what a sweep takes.

    python -m bench.inside queries '{"status": ["Jade", "/api/v1/…"], …}'
    python -m bench.inside sweep

Run in the environment of a benchmark's installation; prints JSON.
"""

import json
import os
import resource
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prism_care.settings")


def queries(requests: dict[str, list[str]], keys: dict[str, str]) -> dict[str, int]:
    """Queries of the second request of each: the first writes down that the key was used."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from access.models import User

    counted = {}
    for name, (who, path) in requests.items():
        client = Client(headers={"Host": "127.0.0.1"})
        if who in keys:
            client = Client(headers={"Host": "127.0.0.1", "Authorization": f"Bearer {keys[who]}"})
        else:
            client.force_login(User.objects.get(username=who))
        for _ in range(2):
            with CaptureQueriesContext(connection) as context:
                answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.content[:500]!r}")
            counted[name] = len(context)
    return counted


def sweep() -> dict[str, Any]:
    """Two passes of the deadlines' duties: the first finds what is due, the second nothing."""
    from incidents.services.fire_deadlines import fire_deadlines
    from incidents.services.keep_promises import keep_promises

    passes = []
    for _ in range(2):
        began = time.perf_counter()
        moved = fire_deadlines()
        kept = keep_promises()
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        passes.append({"moved": moved, "kept": kept, "seconds": seconds, "peak_mib": peak})
    return {"passes": passes}


def main() -> None:
    django.setup()
    task, *rest = sys.argv[1:]
    if task == "queries":
        found: Any = queries(json.loads(rest[0]), json.loads(sys.stdin.read()))
    else:
        found = sweep()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
