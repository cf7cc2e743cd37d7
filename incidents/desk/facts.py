"""Plain facts a report names in passing: environment, install type, revision, journal entries."""

import json
import re
from collections.abc import Mapping

_VERSION = r"v?(\d{1,6}(?:\.\d{1,6}){0,3}[\w+-]{0,24})"
_PRODUCTS = (
    "prism care", "prism", "python", "node", "go", "rust", "java", "django", "postgresql",
    "postgres", "sqlite", "redis", "rabbitmq", "celery", "docker", "podman", "gh", "git", "chrome",
    "firefox", "safari", "kubernetes", "pip", "uv",
)  # fmt: skip
_SYSTEMS = (
    "ubuntu", "debian", "fedora", "alpine", "centos", "rhel", "arch linux", "amazon linux",
    "windows server", "windows", "macos", "mac os", "freebsd", "wsl2", "wsl", "linux",
)  # fmt: skip
_NAMED = re.compile(
    r"\b(" + "|".join(_PRODUCTS) + r")(?:[ _-]?version)?[ \t]{0,3}[:=]{0,2}[ \t]{0,3}" + _VERSION,
    re.IGNORECASE,
)
_PLAIN_VERSION = re.compile(r"\bversion[ \t]{0,3}[:=]?[ \t]{0,3}" + _VERSION, re.IGNORECASE)
_SYSTEM = re.compile(
    r"\b(" + "|".join(_SYSTEMS) + r")\b(?:[ \t]{0,3}" + _VERSION + ")?", re.IGNORECASE
)
_REVISION = re.compile(
    r"\b(?:commit|git[_ ]rev|revision|rev|sha|git[_ ]sha|HEAD)\b[ \t:=@]{1,4}([0-9a-f]{7,40})\b",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"\b(?:journal(?:[ _]entry|[ _]refs?)?|jrn)[ \t:#/_-]{1,3}([0-9A-Za-z][\w-]{2,63})",
    re.IGNORECASE,
)
_INSTALL_WORDS = (
    ("docker", ("docker", "container image", "podman", "compose file")),
    ("kubernetes", ("kubernetes", "helm chart", "k8s")),
    ("pip", ("pip install", "pipx", "installed with pip", "via pip", "uv tool install", "wheel")),
    ("source", ("from source", "git clone", "editable install", "make run", "git checkout")),
    ("systemd", ("systemd", "systemctl")),
    ("homebrew", ("homebrew", "brew install")),
    ("npm", ("npm install", "npx ")),
    ("package", ("apt install", "apt-get install", "deb package", "rpm package")),
)
MAX_VALUE_CHARS = 200
MAX_ENTRIES = 40
# Keys that describe a machine or the product, never a customer's project.
NEUTRAL_KEYS = frozenset(
    {*_PRODUCTS, "version", "os", "prism_version", "platform", "arch", "install_type", "locale"}
)


def one_line(value: object) -> str:
    """Any JSON value as one line of text; nested values as compact JSON, null as nothing."""
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None:
        return ""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    except (RecursionError, ValueError):
        text = "(a value nested too deeply to show)"
    return " ".join(text.split())


def environment_line(name: str, value: str) -> str:
    """How one fact of the environment is written in a report's text."""
    return f"{name}: {value}"


def environment_from_mapping(values: Mapping[str, object]) -> dict[str, str]:
    """An agent's own environment object, flattened to one line per key; empty values left out."""
    flat = {" ".join(str(key).split()): one_line(value) for key, value in values.items()}
    return {key: value for key, value in flat.items() if key and value}


def environment_from_text(text: str) -> dict[str, str]:
    """Versions and systems named in a text: `{"python": "3.11", "os": "ubuntu 22.04"}`."""
    found: dict[str, str] = {}
    for match in _NAMED.finditer(text):
        name = match.group(1).lower()
        found.setdefault("postgresql" if name == "postgres" else name, match.group(2))
    if (plain := _PLAIN_VERSION.search(text)) and plain.group(1) not in found.values():
        found["version"] = plain.group(1)
    systems = list(_SYSTEM.finditer(text))
    # "Linux (Ubuntu 22.04)": the name with a number says more than the name alone.
    best = next((match for match in systems if match.group(2)), systems[0] if systems else None)
    if best:
        found["os"] = " ".join(part for part in (best.group(1).lower(), best.group(2)) if part)
    return found


def find_install_type(text: str) -> str:
    """How the product was installed, as far as the words say; "unknown" where they do not."""
    lowered = text.lower()
    return next(
        (name for name, words in _INSTALL_WORDS if any(word in lowered for word in words)),
        "unknown",
    )


def find_git_rev(text: str) -> str | None:
    """A revision named as one: `commit 3f2a9bc`. Bare hexadecimal is not guessed at."""
    match = _REVISION.search(text)
    return match.group(1).lower() if match else None


def find_journal_refs(text: str) -> tuple[str, ...]:
    """Ids of journal entries named in the text, in order, each once; an id holds a digit."""
    ids = (match.group(1) for match in _JOURNAL.finditer(text))
    named = dict.fromkeys(ref for ref in ids if any(char.isdigit() for char in ref))
    return tuple(named)[:MAX_ENTRIES]
