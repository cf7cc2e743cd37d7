"""What people and agents write themselves into rows that are never erased."""

import redaction
from kernel.errors import invalid


def refuse_secrets(**texts: str) -> None:
    """Raises invalid_request naming each field whose text holds a secret."""
    found = {
        name: "Holds a secret, and this text is kept for good: write it without."
        for name, text in texts.items()
        if redaction.has_secrets(redaction.scan(text))
    }
    if found:
        raise invalid(**found)
