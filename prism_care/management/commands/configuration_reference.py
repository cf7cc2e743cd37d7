from collections.abc import Iterable

from prism_care.management.documents import DocumentCommand, cell, head
from prism_care.settings.env import CATALOGUE, Variable

_INTRODUCTION = """
Every setting is an environment variable. An unset or empty one takes its default; a wrong one
stops the start with its name and the fix. `PATH` decides which `gh` is used.

In production (`PRISM_MODE=production`) the variables marked **required** have no default.
Lists are separated by commas; booleans are `true` or `false`.
"""
# A variable that stands in none of these is shown under "Other".
_SECTIONS = {
    "Running": (
        "PRISM_MODE",
        "PRISM_VAR_DIR",
        "PRISM_HOST",
        "PRISM_PORT",
        "WEB_WORKERS",
        "LOG_LEVEL",
        "DEBUG",
        "STATIC_ROOT",
    ),
    "Database, broker, cache": (
        "DATABASE_URL",
        "DATABASE_POOL_SIZE",
        "CELERY_BROKER_URL",
        "CACHE_URL",
        "SWEEP_SECONDS",
    ),
    "Site and security": (
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "ALLOWED_HOSTS",
        "PRISM_HTTPS",
        "TRUST_PROXY_HEADERS",
        "CSRF_TRUSTED_ORIGINS",
        "PUBLIC_BASE_URL",
    ),
    "The desk": ("DESK_MODE",),
    "GitHub": (
        "GITHUB_TRANSPORT",
        "GITHUB_REPO",
        "GITHUB_REPO_VISIBILITY",
        "GITHUB_CREATE_MISSING_LABELS",
        "GH_TOKEN",
        "GH_CONFIG_DIR",
    ),
    "Review and shipping": tuple(name for name in CATALOGUE if name.startswith("PHONE_HOME_")),
    "Mail": ("EMAIL_URL", "EMAIL_FROM", "ON_CALL_ADDRESS"),
    "Agents": ("AGENT_KEY_DEFAULT_DAYS", "API_RATE_LIMIT_PER_MINUTE", "INBOX_MAX_WAITERS"),
}


class Command(DocumentCommand):
    help = "Write docs/configuration.md from the settings' catalogue."
    document = "docs/configuration.md"

    def render(self) -> str:
        return head("Configuration", "configuration_reference") + _INTRODUCTION + _sections()


def _sections() -> str:
    grouped = {name for names in _SECTIONS.values() for name in names}
    sections = {**_SECTIONS, "Other": tuple(name for name in CATALOGUE if name not in grouped)}
    return "".join(
        f"\n## {title}\n\n{_table(CATALOGUE[name] for name in names)}"
        for title, names in sections.items()
        if names
    )


def _table(variables: Iterable[Variable]) -> str:
    lines = ["| variable | takes | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{one.name}` | {_takes(one)} | {_default(one)} | {cell(one.meaning)} |"
        for one in variables
    ]
    return "\n".join(lines) + "\n"


def _takes(one: Variable) -> str:
    if one.choices:
        return ", ".join(f"`{choice}`" for choice in one.choices)
    words = {"str": "text", "int": "number", "bool": "boolean", "list": "list"}[one.kind]
    return words if one.minimum is None else f"{words}, at least {one.minimum}"


def _default(one: Variable) -> str:
    match one.default:
        case bool():
            shown = f"`{str(one.default).lower()}`"
        case [] | "" | None:
            shown = "none"
        case list():
            shown = f"`{','.join(one.default)}`"
        case str() if " " in one.default:
            shown = cell(one.default)  # a default in words
        case _:
            shown = f"`{one.default}`"
    return f"{shown}; **required** in production" if one.required_in_production else shown
