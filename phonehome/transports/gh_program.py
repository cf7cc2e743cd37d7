"""Running gh: the bare command, and one REST request through `gh api`."""

import json
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phonehome.transports import process
from phonehome.transports.base import TRANSPORT_UNAVAILABLE, Retry, TransportError
from phonehome.transports.gh_environment import gh_environment, scrub
from phonehome.transports.gh_errors import classify, unread

HOST = "github.com"
# A page of a listing carries the whole body of every issue that holds the marker, no others.
LISTING_LIMIT_BYTES = 8 << 20
# A server that names a longer pause than this is not believed; the next try will hear it again.
_LONGEST_PAUSE_SECONDS = 3_600.0


@dataclass(frozen=True)
class GhProgram:
    """gh at `path` (None: the first on PATH), each call ended after `timeout_seconds`."""

    path: str | None
    timeout_seconds: float
    environ: Mapping[str, str]

    def run(self, arguments: Sequence[str], stdin: bytes = b"") -> process.Outcome:
        """Run `gh <arguments>`. Raises TransportError transport_unavailable when it cannot."""
        path = find_gh(self.path, self.environ)
        if path is None:
            raise _unavailable("gh is not installed or not on PATH. Install it (apt install gh).")
        try:
            return process.run(
                [path, *arguments],
                environ=gh_environment(self.environ),
                stdin=stdin,
                timeout_seconds=self.timeout_seconds,
                output_limit_bytes=LISTING_LIMIT_BYTES,
            )
        except process.CommandNotStarted as error:
            raise _unavailable("gh could not be started.", self.text(str(error))) from None

    def text(self, output: bytes | str) -> str:
        """Output as text without credentials."""
        if isinstance(output, bytes):
            output = output.decode(errors="replace")
        return scrub(output.strip(), self.environ)

    def api(self, path: str, *, jq: str = ".", payload: Mapping[str, str] | None = None) -> Any:
        """GET `path` (POST when there is a payload); the answer, reduced by `jq`, as JSON.

        For requests that are safe to repeat. Raises TransportError, never `Retry.LOOK`.
        """
        arguments = [
            "api",
            f"--hostname={HOST}",  # the operator's gh may be logged in to other hosts as well
            "--include",
            "--header=Accept: application/vnd.github+json",
            "--header=X-GitHub-Api-Version: 2022-11-28",
            f"--jq={jq}",
        ]
        arguments += ["--method=POST", "--input=-"] if payload else ["--method=GET"]
        stdin = json.dumps(payload).encode() if payload else b""
        outcome = self.run([*arguments, path], stdin)
        head, body = _split_head(outcome.stdout.decode(errors="replace"))
        if outcome.exit_code != 0 or outcome.killed:
            raise self._read_failure(outcome, head)
        answer = _json_or_error(body)
        if isinstance(answer, ValueError):
            raise unread(f"gh api {path}: the answer is not JSON")
        return answer

    def _read_failure(self, outcome: process.Outcome, head: str) -> TransportError:
        if outcome.killed:
            return unread(f"gh was ended after {outcome.seconds:.1f} seconds")
        error = classify(self.text(outcome.stderr), outcome.exit_code, "read")
        if error.code == "phone_home_rate_limited":
            error.retry_after_seconds = _named_pause(head) or error.retry_after_seconds
        return error


def find_gh(path: str | None, environ: Mapping[str, str]) -> str | None:
    """The absolute path of gh, or None. PATH decides where no path is given."""
    found = shutil.which(path or "gh", path=environ.get("PATH", ""))
    return None if found is None else os.path.abspath(found)


def _json_or_error(text: str) -> Any:
    """The value, or the parser's error as a value: raised on, it would carry the whole answer,
    which may hold a token, along as its context."""
    try:
        return json.loads(text)
    except ValueError:
        return ValueError("not JSON")


def _split_head(answer: str) -> tuple[str, str]:
    """Headers and body of what `--include` prints; a gh that leaves the headers out is read too."""
    if not answer.startswith("HTTP/"):
        return "", answer
    head, _, body = answer.partition("\r\n\r\n")
    return head, body


def _named_pause(head: str) -> float | None:
    """Seconds the server asks to wait, from its answer's headers; None when it names none.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    headers = dict(re.findall(r"(?im)^([a-z-]+): *(\d{1,12})\r?$", head.lower()))
    if "retry-after" in headers:
        return min(float(headers["retry-after"]), _LONGEST_PAUSE_SECONDS)
    if headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers:
        pause = float(headers["x-ratelimit-reset"]) - time.time()
        return min(max(pause, 1.0), _LONGEST_PAUSE_SECONDS)
    return None


def _unavailable(message: str, detail: str = "") -> TransportError:
    return TransportError(TRANSPORT_UNAVAILABLE, message, Retry.NEEDS_FIX, None, detail)
