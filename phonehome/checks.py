"""Start-up checks: a way out that cannot work is said at the start, with the fix."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from incidents.states import Kind
from phonehome.egress import KILL_GRACE_SECONDS
from phonehome.transports.base import TransportError, split_repo
from phonehome.transports.gh import gh_login_state


@register()
def transport_can_work(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        split_repo(settings.GITHUB_REPO)
    except TransportError as error:
        found.append(Error(error.message, hint="GITHUB_REPO=owner/name", id="phonehome.E001"))
    if settings.GITHUB_TRANSPORT == "app":
        found.append(
            Error(
                "GITHUB_TRANSPORT=app: the GitHub App transport is not part of this version.",
                hint="Use GITHUB_TRANSPORT=gh with GH_TOKEN set to an installation token.",
                id="phonehome.E002",
            )
        )
    if settings.GITHUB_TRANSPORT == "gh":
        found += _gh_can_work()
    unknown = sorted(set(settings.PHONE_HOME_KINDS) - set(Kind.values))
    if unknown:
        found.append(
            Error(
                f"PHONE_HOME_KINDS holds unknown kinds: {', '.join(unknown)}.",
                hint=f"Use some of {', '.join(Kind.values)}.",
                id="phonehome.E005",
            )
        )
    return found


def _gh_can_work() -> list[CheckMessage]:
    state = gh_login_state(environ=os.environ)
    if state == "missing":
        return [
            Error(
                "GITHUB_TRANSPORT=gh, but there is no gh on PATH.",
                hint="Install the GitHub CLI (https://cli.github.com), or set "
                "GITHUB_TRANSPORT=folder.",
                id="phonehome.E003",
            )
        ]
    if state == "not_logged_in":
        return [
            Error(
                "GITHUB_TRANSPORT=gh, but gh has no login.",
                hint="Run gh auth login as the user of the worker, or set GH_TOKEN or "
                "GH_CONFIG_DIR.",
                id="phonehome.E004",
            )
        ]
    return []


@register(deploy=True)
def lease_is_long_enough(**kwargs: Any) -> list[CheckMessage]:
    needed = settings.PHONE_HOME_GH_TIMEOUT_SECONDS + KILL_GRACE_SECONDS
    if needed <= settings.PHONE_HOME_LEASE_SECONDS:
        return []
    return [
        Warning(
            "PHONE_HOME_LEASE_SECONDS is shorter than one gh call may take.",
            hint=f"Set it to at least {needed}; a paused worker would lose its shipment mid-call.",
            id="phonehome.W001",
        )
    ]
