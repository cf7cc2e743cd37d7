"""Runs the suite: on SQLite always, on PostgreSQL where there is one, and adds the results up.

    python tests/run.py [pytest arguments]

PostgreSQL is what TEST_DATABASE_URL names, else a server that answers on this machine without a
password. Tests marked `one_database` run once. With CI=true a missing PostgreSQL is a failure.
The last line counts both runs together.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
_SOCKETS = "/var/run/postgresql"
_NOTHING_COLLECTED = 5  # every chosen test is marked `one_database`
_COUNTED = ("passed", "failed", "errors", "skipped")


def main(arguments: list[str]) -> int:
    in_ci = os.environ.get("CI", "").lower() == "true"
    url, reason = find_postgresql()
    say(f"databases: SQLite, {'PostgreSQL' if url else f'no PostgreSQL ({reason})'}")
    counts, code = run_suite("sqlite", {}, arguments)
    if url:
        others = ["-m", "not one_database", *arguments]
        more, second = run_suite(
            "postgresql", {"TEST_ON": "postgresql", "TEST_DATABASE_URL": url}, others
        )
        counts += more
        code = code or (0 if second == _NOTHING_COLLECTED else second)
    elif in_ci:
        say("CI=true and there is no PostgreSQL to test on: this counts as one failure")
        counts["failed"] += 1
        code = code or 1
    failed = counts["failed"] + counts["errors"]
    say(f"{counts['passed']} passed, {failed} failed, {counts['skipped']} skipped")
    return code or int(failed > 0)


def find_postgresql() -> tuple[str | None, str]:
    """The address of a server where test databases can be made, or None and the reason."""
    chosen = os.environ.get("TEST_DATABASE_URL")
    if chosen:
        return chosen, ""
    # A name of our own: several checkouts may be tested on one server at once.
    name = f"prism_care_{os.getpid()}"
    answered = "none answers on the socket or on 127.0.0.1:5432; set TEST_DATABASE_URL to name one"
    for url in (
        f"postgres:///{name}?host={_SOCKETS}",
        f"postgres:///{name}?host={_SOCKETS}&user=postgres",
        f"postgres://postgres@127.0.0.1:5432/{name}",
    ):
        try:
            with psycopg.connect(
                url.replace(f"/{name}", "/postgres"), connect_timeout=3
            ) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return url, ""
        answered = "the local one does not let this user create databases; set TEST_DATABASE_URL"
    return None, answered


def run_suite(name: str, environ: dict[str, str], arguments: list[str]) -> tuple[Counter[str], int]:
    """pytest once, in a process of its own; what it counted and 0, or pytest's exit code.

    Without xdist's `-n` among the arguments two processes share the work.
    """
    spread = [] if any(argument.startswith("-n") for argument in arguments) else ["-n", "2"]
    with tempfile.TemporaryDirectory(prefix="prism-care-run-") as folder:
        tally = Path(folder) / "tally.json"
        say(f"on {name}")
        code = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.tally", *spread, *arguments],
            cwd=ROOT,
            env={**_clean(os.environ), **environ, "TEST_TALLY": str(tally)},
            check=False,
        ).returncode
        try:
            counts = Counter(json.loads(tally.read_text()))
        except (OSError, ValueError):
            say(f"pytest ended with exit code {code} before it could count")
            counts = Counter({"failed": 1})
    return Counter({key: counts[key] for key in _COUNTED}), code


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _clean(environ: os._Environ[str]) -> dict[str, str]:
    """Ours decide about databases and settings, not what happens to be set in this terminal."""
    dropped = ("TEST_ON", "TEST_DATABASE_URL", "DATABASE_URL", "GITHUB_TRANSPORT", "WEB_WORKERS")
    return {name: value for name, value in environ.items() if name not in dropped}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
