"""The three programs of the stack and how they are started."""

import os
import sys

from django.conf import settings

from prism_care.stack.supervisor import Program

# Long enough for a request or a gh call in flight to end, short enough for a Ctrl-C: what is cut
# off is found again by its lease.
_WEB_GRACE_SECONDS = 5.0
_WORKER_GRACE_SECONDS = 10.0
_BEAT_GRACE_SECONDS = 3.0
_WORKER_PROCESSES = 2


def programs(listener: int) -> list[Program]:
    """Web server on the bound socket `listener`, Celery worker, Celery beat."""
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "prism_care.settings",
        "PRISM_VAR_DIR": str(settings.PRISM_VAR_DIR),
        "PYTHONUNBUFFERED": "1",
        "WEB_GRACEFUL_SECONDS": str(int(_WEB_GRACE_SECONDS) - 2),
    }
    environment.pop("GUNICORN_CMD_ARGS", None)
    level = "--loglevel=WARNING"
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "prism_care"]
    return [
        Program(
            "web",
            [
                *(sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py"),
                *(f"--bind=fd://{listener}", "--log-level=warning", "prism_care.wsgi:application"),
            ],
            _WEB_GRACE_SECONDS,
            environment,
            listener,
        ),
        Program(
            "worker",
            [
                *(*celery, "worker", level, f"--concurrency={_WORKER_PROCESSES}"),
                # One worker has nobody to meet.
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            _WORKER_GRACE_SECONDS,
            environment,
        ),
        Program("beat", [*celery, "beat", "--pidfile=", level], _BEAT_GRACE_SECONDS, environment),
    ]
