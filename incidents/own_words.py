"""What people and agents write themselves into rows that are never erased."""

from collections.abc import Mapping
from typing import Any

import redaction
from kernel.errors import invalid

# What of a tier is the agent's own words; the rest is what was read, or is scanned.
_OF_A_TIER = ("skipped", "note", "postmortem_summary", "reasons")


def refuse_secrets_in_tier(content: Mapping[str, Any]) -> None:
    """Raises invalid_request naming each field of a tier whose words hold a secret."""
    refuse_secrets(
        **{name: "\n".join(_words(content[name])) for name in _OF_A_TIER if name in content}
    )


def _words(value: Any) -> list[str]:
    match value:
        case dict():
            return [str(one) for one in value.values()]
        case list():
            return [str(one) for one in value]
    return [str(value)]


def refuse_secrets(**texts: str) -> None:
    """Raises invalid_request naming each field whose text holds a secret."""
    found = {
        name: "Holds a secret, and this text is kept for good: write it without."
        for name, text in texts.items()
        if redaction.has_secrets(redaction.scan(text))
    }
    if found:
        raise invalid(**found)
