"""The embedded default's broker: kombu's file transport, made safe to poll quickly.

kombu writes a message into its final name, so a reader that polls often can open it half written
and drop it, and it takes a message by a move that is a copy when the temporary folder is another
file system. Both become one rename here.
"""

import os
import tempfile
import time
import uuid
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """A channel whose messages become visible when they are whole and are taken by one reader."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = self.data_folder_out
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        handle, draft = tempfile.mkstemp(dir=folder, suffix=".draft")
        with os.fdopen(handle, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        os.replace(draft, os.path.join(folder, name))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = self.data_folder_in
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = os.path.join(folder, f"{name}.taken")
            try:
                os.rename(os.path.join(folder, name), taken)
            except FileNotFoundError:
                continue  # another reader was first
            with open(taken, "rb") as file:
                payload = file.read()
            os.remove(taken)
            return loads(bytes_to_str(payload))
        raise Empty()


class Transport(filesystem.Transport):
    """Registered as `prismfiles://`."""

    Channel = Channel
