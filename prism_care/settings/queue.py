"""Celery: tasks carry ids and only nudge; the rows and the sweep are the promise."""

from prism_care.settings.care import SWEEP_SECONDS
from prism_care.settings.env import PRISM_VAR_DIR, read

CELERY_BROKER_URL = read(
    "CELERY_BROKER_URL",
    default="filesystem://",
    shown_default="files in `PRISM_VAR_DIR`",
    required_in_production=True,
    meaning="`redis://host:6379/0`, `amqp://user:password@host//`, or `filesystem://`.",
)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
# A broker that is down must not hold a request: the sweep finds the row anyway.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "kernel.sweep",
        "schedule": float(SWEEP_SECONDS),
        # A sweep that waited longer than its own period has been overtaken by the next.
        "options": {"expires": float(SWEEP_SECONDS)},
    }
}
CELERY_BEAT_SCHEDULE_FILENAME = str(PRISM_VAR_DIR / "celerybeat-schedule")

if CELERY_BROKER_URL.startswith("filesystem://"):
    CELERY_BROKER_URL = "prismfiles://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(PRISM_VAR_DIR / "broker" / "messages"),
        "data_folder_out": str(PRISM_VAR_DIR / "broker" / "messages"),
        "control_folder": str(PRISM_VAR_DIR / "broker" / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    }
elif CELERY_BROKER_URL.startswith("amqp"):
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True

__all__ = [name for name in list(globals()) if name.startswith("CELERY_")]
