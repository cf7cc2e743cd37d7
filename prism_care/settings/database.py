"""SQLite for the embedded default, PostgreSQL in production.

SQLite numbers are from docs/benchmarks.md: WAL, FULL and IMMEDIATE gave no "database is locked"
in any run, and FULL loses no commit on power loss.
"""

import environ
from django.core.exceptions import ImproperlyConfigured

from prism_care.settings.env import PRISM_VAR_DIR, make_var_dir, read

__all__ = ["DATABASES"]

_url = read(
    "DATABASE_URL",
    default=f"sqlite:///{PRISM_VAR_DIR / 'prism-care.sqlite3'}",
    shown_default="an SQLite file in `PRISM_VAR_DIR`",
    required_in_production=True,
    meaning="`postgres://user:password@host:5432/name` or `sqlite:////path/to/file`.",
)
_pool = read(
    "DATABASE_POOL_SIZE",
    "int",
    default=0,
    minimum=0,
    meaning="Connections in the psycopg pool of each process; 0 keeps one connection per thread.",
)

_database = dict(environ.Env.db_url_config(_url))
if not _database.get("ENGINE"):
    raise ImproperlyConfigured(
        "DATABASE_URL is not of the form `postgres://user:password@host:5432/name` or "
        "`sqlite:////path/to/file`."
    )
if _database["ENGINE"] == "django.db.backends.sqlite3":
    make_var_dir()
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # recursive_triggers: the row that a REPLACE removes meets the DELETE triggers too.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON;",
    }
    _database["CONN_MAX_AGE"] = None
else:
    _options = dict(_database.get("OPTIONS", {}))
    if _pool:
        _options["pool"] = {"min_size": 1, "max_size": _pool, "timeout": 10}
        _database["CONN_MAX_AGE"] = 0
    else:
        _database["CONN_MAX_AGE"] = None
        _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = _options

DATABASES = {"default": _database}
