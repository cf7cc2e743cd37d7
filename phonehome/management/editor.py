"""A text edited in the operator's own editor."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from django.core.management.base import CommandError


def edited_in_editor(text: str) -> str:
    """`text` as `$VISUAL` or `$EDITOR` left it (`vi` without either).

    The file is readable by its owner only and removed afterwards. Raises CommandError when the
    editor cannot be run, fails, or leaves something that is not text.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    if command == "vi" and not sys.stdin.isatty():
        raise CommandError("There is no terminal to edit on; give --title, --body-file or EDITOR.")
    with tempfile.TemporaryDirectory(prefix="prism-care-") as folder:
        path = Path(folder) / "body.md"
        path.touch(mode=0o600)
        path.write_bytes(text.encode())
        try:
            # The editor is what the operator's own environment names.
            done = subprocess.run([*shlex.split(command), str(path)], check=False)  # noqa: S603
        except (OSError, ValueError):
            raise CommandError(f"The editor {command!r} cannot be run; set EDITOR.") from None
        if done.returncode != 0:
            raise CommandError(f"The editor ended with {done.returncode}; nothing was changed.")
        try:
            return path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            raise CommandError("The editor left no readable text; nothing was changed.") from None
