"""One stack per data folder."""

import fcntl
import os
from pathlib import Path


class FolderInUse(Exception):
    """Another stack runs on the folder; the text says which and what to do."""


def lock_folder(folder: Path) -> int:
    """The descriptor of a lock on `folder`, held until its last copy is closed.

    The guards hold copies, so a stack whose supervisor was killed keeps the folder until its last
    program has ended. Raises FolderInUse.
    """
    descriptor = os.open(folder / "stack.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise FolderInUse(
            f"Another stack runs on {folder} (process {owner}), or is still ending. "
            "End it first, or set PRISM_VAR_DIR to another folder."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor
