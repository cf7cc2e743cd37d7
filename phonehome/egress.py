"""Which transport is in force, chosen by settings."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from phonehome.transports.base import TRANSPORT_UNAVAILABLE, Retry, Transport, TransportError
from phonehome.transports.folder import FolderTransport
from phonehome.transports.gh import GhTransport, gh_login_state

# gh ends by itself within its timeout and this grace (phonehome.transports.process).
KILL_GRACE_SECONDS = 5


@dataclass(frozen=True)
class Egress:
    """The transport in force and why it is that one, in a sentence for people."""

    kind: str
    why: str


def egress() -> Egress:
    """Read anew each time: a login made while the server runs counts from the next shipment."""
    wanted = settings.GITHUB_TRANSPORT
    if wanted != "auto":
        return Egress(wanted, f"GITHUB_TRANSPORT={wanted}")
    state = gh_login_state(environ=os.environ)
    if state == "ok":
        return Egress("gh", "gh is installed and logged in")
    reason = "gh is not installed" if state == "missing" else "gh is not logged in"
    return Egress("folder", f"{reason}; issues are written to {settings.PHONE_HOME_FOLDER}")


def transport_name() -> str:
    """The name of the transport in force, as attempts and the verb's answer give it."""
    kind = egress().kind
    return GhTransport.name if kind == "gh" else kind


def open_transport(name: str | None = None) -> Transport:
    """The transport called `name`, or the one in force."""
    kind = name or egress().kind
    if kind in ("gh", GhTransport.name):
        return GhTransport(
            timeout_seconds=settings.PHONE_HOME_GH_TIMEOUT_SECONDS,
            create_missing_labels=settings.GITHUB_CREATE_MISSING_LABELS,
            environ=os.environ,
        )
    if kind != FolderTransport.name:
        # Never a folder instead of what was asked for: nobody would look for the issue there.
        raise TransportError(
            TRANSPORT_UNAVAILABLE,
            f"This version has no transport {kind!r}. Correct GITHUB_TRANSPORT.",
            Retry.NEEDS_FIX,
        )
    return FolderTransport(Path(settings.PHONE_HOME_FOLDER), settings.GITHUB_REPO_VISIBILITY)
