"""A rate limit per agent key: a fixed window of one minute, counted in the cache."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache

from kernel.errors import RATE_LIMITED, CareError

WINDOW_SECONDS = 60


def count_request(key_id: str) -> dict[str, str]:
    """Count one request; the `RateLimit` headers for its answer. Raises `rate_limited`."""
    limit = settings.API_RATE_LIMIT_PER_MINUTE
    window, elapsed = divmod(time.time(), WINDOW_SECONDS)
    reset = max(1, int(WINDOW_SECONDS - elapsed))
    name = f"rate:{key_id}:{int(window)}"
    cache.add(name, 0, timeout=2 * WINDOW_SECONDS)
    try:
        used = cache.incr(name)
    except ValueError:  # evicted between the two calls
        used = 1
    headers = rate_headers(limit, limit - used, reset)
    if used > limit:
        raise CareError(RATE_LIMITED, headers={**headers, "Retry-After": str(reset)})
    return headers


def rate_headers(limit: int, remaining: int, reset: int) -> dict[str, Any]:
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, remaining)),
        "RateLimit-Reset": str(reset),
    }
