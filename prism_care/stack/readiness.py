"""Asks a web server whether it is ready, until it says so.

    python readiness.py URL [TIMEOUT_SECONDS]

The first name in ALLOWED_HOSTS, where set, is sent as the host: a server in production refuses to
be called 127.0.0.1. Standard library only and runnable by its path, so that a container's health
check stays cheap.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request

_PAUSE_SECONDS = 0.1
# Straight to the server: a proxy of the environment cannot reach loopback.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def why_not_ready(url: str, *, host: str = "", timeout_seconds: float = 5.0) -> str | None:
    """None when `url`, asked for as `host` where given, answers 200, else the reason in words."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310
    try:
        with _OPENER.open(request, timeout=timeout_seconds):
            return None
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}: {_sentence(error.read(2000))}"
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", "") or error) or type(error).__name__


def wait_until_ready(url: str, timeout_seconds: float, *, host: str = "") -> str | None:
    """None as soon as `url` answers 200, else the last reason once the time is up."""
    deadline = time.monotonic() + timeout_seconds
    while (reason := why_not_ready(url, host=host)) is not None:
        if time.monotonic() > deadline:
            return reason
        time.sleep(_PAUSE_SECONDS)
    return None


def _sentence(body: bytes) -> str:
    text = body.decode(errors="replace")
    try:
        return str(json.loads(text)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return " ".join(text.split())[:300]


def allowed_host(allowed_hosts: str) -> str:
    """A host name that a comma-separated ALLOWED_HOSTS lets in; empty when it names none."""
    first = allowed_hosts.split(",")[0].strip()
    return "" if first == "*" else first.lstrip(".")


if __name__ == "__main__":
    last_reason = wait_until_ready(
        sys.argv[1],
        float(sys.argv[2]) if len(sys.argv) > 2 else 0.0,
        host=allowed_host(os.environ.get("ALLOWED_HOSTS", "")),
    )
    if last_reason is not None:
        sys.exit(f"{sys.argv[1]} is not ready: {last_reason}")
