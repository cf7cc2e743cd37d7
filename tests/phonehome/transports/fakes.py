"""A gh that is only a shell script."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass
class FakeGh:
    """A shell script in gh's place; it may write to `folder`."""

    path: Path
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": f"{self.path.parent}:{os.environ['PATH']}", "GH_TOKEN": "x"}


MakeGh = Callable[[str], FakeGh]
