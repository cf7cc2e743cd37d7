"""An agent with a key, over the HTTP contract only."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from prism_care.demo.failure import DemoFailed

# Longer than an inbox may be held open (30 s).
_TIMEOUT_SECONDS = 45.0


class Agent:
    """Whoever holds `key` at `address`."""

    def __init__(self, address: str, key: str) -> None:
        self._base = f"{address}/api/v1"
        self._key = key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("POST", path, json.dumps(body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(self._base + path, data=body, method=method)  # noqa: S310
        request.add_header("Authorization", f"Bearer {self._key}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read(2000).decode(errors="replace")
            raise DemoFailed(f"{method} {path} was answered {error.code}: {text}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DemoFailed(f"{method} {path} failed: {error}") from None
