"""gunicorn, for `make run` and for production alike; values come from the environment."""

import os

bind = f"{os.environ.get('PRISM_HOST') or '127.0.0.1'}:{os.environ.get('PRISM_PORT') or '8000'}"
workers = int(os.environ.get("WEB_WORKERS") or 1)
worker_class = "gthread"
# An inbox held open takes a thread for up to 30 s; INBOX_MAX_WAITERS (8) of them are allowed.
threads = 16
# Above the longest answer: an inbox waits up to 30 s, the phone-home verb up to 25 s.
timeout = 90
graceful_timeout = int(os.environ.get("WEB_GRACEFUL_SECONDS") or 35)
keepalive = 5
# The heartbeat file must not sit on a disk that can stall: a stalled heartbeat kills the worker.
_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its file there safely
worker_tmp_dir = _MEMORY if os.access(_MEMORY, os.W_OK) else None
# Request line and headers of agents are short; bodies are limited by the application.
limit_request_line = 8190
limit_request_fields = 64
# Requests are logged by the application, with their correlation id.
accesslog = None
errorlog = "-"
# Nothing but signals controls the server.
control_socket_disable = True
