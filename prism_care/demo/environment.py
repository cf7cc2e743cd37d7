"""The environment the demo's stack runs in: a fresh folder, free ports, nothing left over."""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

# What would point the demo at somebody's real installation or change the story it tells.
_CLEANED = (
    "ALLOWED_HOSTS",
    "CELERY_BROKER_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_POOL_SIZE",
    "DATABASE_URL",
    "DEBUG",
    "DESK_MODE",
    "DJANGO_SETTINGS_MODULE",
    "PHONE_HOME_KINDS",
    "PRISM_HTTPS",
    "PRISM_MODE",
    "PUBLIC_BASE_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "STATIC_ROOT",
    "TRUST_PROXY_HEADERS",
    "WEB_WORKERS",
)


def demo_environment(
    environ: Mapping[str, str], folder: Path, *, keep: bool = False
) -> dict[str, str]:
    """`environ` for a demo in `folder`; with `keep` its database and broker are used as well."""
    made = {name: value for name, value in environ.items() if keep or name not in _CLEANED}
    made |= {"PRISM_VAR_DIR": str(folder), "PRISM_HOST": "127.0.0.1", "PRISM_PORT": "0"}
    made.setdefault("PHONE_HOME_SHIP_DELAY_SECONDS", "0")
    made["GITHUB_TRANSPORT"] = _transport(environ)
    return made


def _transport(environ: Mapping[str, str]) -> str:
    """What was chosen; without a choice never the real GitHub, logged in or not.

    A gh whose configuration sends every request to a local socket cannot reach it, so it is used.
    """
    chosen = environ.get("GITHUB_TRANSPORT", "")
    if chosen:
        return chosen
    has_gh = shutil.which("gh", path=environ.get("PATH", "")) is not None
    return "auto" if has_gh and _speaks_to_a_socket(environ.get("GH_CONFIG_DIR", "")) else "folder"


def _speaks_to_a_socket(config_folder: str) -> bool:
    try:
        lines = (Path(config_folder) / "config.yml").read_text(errors="replace").splitlines()
        paths = [line.partition(":")[2].strip() for line in lines if _names_socket(line)]
        return bool(paths) and stat.S_ISSOCK(os.stat(paths[-1].strip("\"'")).st_mode)
    except OSError:
        return False


def _names_socket(line: str) -> bool:
    return line.startswith("http_unix_socket:")
