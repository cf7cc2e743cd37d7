"""`first-run.txt` in the data folder: what a later start needs to show again.

It holds the agent key of the demo project, never the operator's password: whoever reads the
folder could otherwise approve.
"""

import os
import re
import secrets
from pathlib import Path

_NAME = "first-run.txt"
_KEY = re.compile(r"^agent key +(prc_\w+)", re.MULTILINE)


def remembered_key(folder: Path) -> str:
    """The agent key of an earlier start; empty when there is none."""
    try:
        found = _KEY.search((folder / _NAME).read_text(errors="replace"))
    except FileNotFoundError:
        return ""
    return found[1] if found else ""


def remember(folder: Path, *, address: str, operator: str, agent_key: str) -> None:
    """Write the file whole, readable by its owner only."""
    text = (
        f"console    {address}/console/\n"
        f"operator   {operator}\n"
        f"agent key  {agent_key}  (Jade of PID-DPA01)\n"
        "\n"
        f"A new password: .venv/bin/python manage.py operator create {operator}\n"
    )
    draft = folder / f"{_NAME}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(folder / _NAME)
