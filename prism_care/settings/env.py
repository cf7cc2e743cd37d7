"""Where the settings come from: the environment, read through one catalogue.

Every variable the product reads is declared here once, with its type, default and meaning;
`manage.py configuration_reference` writes `docs/configuration.md` from it.
"""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent

_env = environ.Env()


@dataclass(frozen=True)
class Variable:
    """One environment variable: its type (`str`, `int`, `bool`, `list`), default and meaning."""

    name: str
    kind: str
    default: Any
    meaning: str
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    required_in_production: bool = False


CATALOGUE: dict[str, Variable] = {}


def read(
    name: str,
    kind: str = "str",
    *,
    default: Any = None,
    meaning: str,
    choices: tuple[str, ...] = (),
    minimum: int | None = None,
    required_in_production: bool = False,
    shown_default: str | None = None,
) -> Any:
    """Declare and read one variable; a malformed value stops the start, named."""
    CATALOGUE[name] = Variable(
        name,
        kind,
        default if shown_default is None else shown_default,
        meaning,
        choices,
        minimum,
        required_in_production,
    )
    if required_in_production and PRODUCTION and not _env.str(name, default=""):
        raise ImproperlyConfigured(f"{name} must be set when PRISM_MODE=production. {meaning}")
    if not _env.str(name, default=""):
        return default
    try:
        value = getattr(_env, kind)(name)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be of type {kind}. {meaning}") from error
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    if minimum is not None and value < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {value}.")
    return value


PRODUCTION = False
PRISM_MODE: str = read(
    "PRISM_MODE",
    default="embedded",
    choices=("embedded", "production"),
    meaning="`embedded` runs on one machine with SQLite; `production` refuses to guess.",
)
PRODUCTION = PRISM_MODE == "production"

PRISM_VAR_DIR = Path(
    read(
        "PRISM_VAR_DIR",
        default=str(BASE_DIR / "var"),
        shown_default="`var/` beside `manage.py`",
        meaning="Folder for the SQLite file, the embedded broker, folder-filed issues and keys.",
    )
).absolute()


def make_var_dir() -> Path:
    """The data folder, made for its owner only if it is missing. Raises ImproperlyConfigured."""
    try:
        PRISM_VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(error) from error
    if not os.access(PRISM_VAR_DIR, os.W_OK | os.X_OK):
        raise _unusable(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return PRISM_VAR_DIR


def _unusable(error: OSError) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"PRISM_VAR_DIR={PRISM_VAR_DIR} cannot be used: {error.strerror}. "
        "Set it to a folder that this user may write."
    )
