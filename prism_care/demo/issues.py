"""Counting what was filed, where it was filed: in the folder, or by asking gh."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from prism_care.demo.failure import DemoFailed

_DEFAULT_REPO = "FrankTewksbury/Prism"


def filed_in_folder(folder: Path, marker: str) -> list[str]:
    """The texts of the issues under `folder` that hold `marker`."""
    texts = (path.read_text(errors="replace") for path in sorted(folder.glob("*/issues/*.md")))
    return [text for text in texts if marker in text]


def filed_through_gh(environ: Mapping[str, str], marker: str) -> list[str]:
    """The bodies of the repository's newest 100 issues that hold `marker`.

    Listed through the API: the search index lags. Raises DemoFailed when gh does.
    """
    repo = environ.get("GITHUB_REPO") or _DEFAULT_REPO
    asked = subprocess.run(  # noqa: S603
        ["gh", "api", f"repos/{repo}/issues?state=all&per_page=100"],  # noqa: S607 - PATH decides which gh
        env={**environ, "GH_PROMPT_DISABLED": "1", "GH_PAGER": "cat", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if asked.returncode != 0:
        raise DemoFailed(f"gh could not list the issues of {repo}: {asked.stderr.strip()}")
    bodies = [issue.get("body") or "" for issue in json.loads(asked.stdout)]
    return [body for body in bodies if marker in body]
