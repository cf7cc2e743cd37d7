"""The cache: it holds counters of rate limits only, so losing it costs nothing."""

import environ

from prism_care.settings.env import read

__all__ = ["CACHES"]

_url = read(
    "CACHE_URL",
    default="locmemcache://",
    shown_default="the memory of each web process",
    meaning="`redis://host:6379/1` makes rate limits and sign-in limits count over all web "
    "processes.",
)
CACHES = {"default": dict(environ.Env.cache_url_config(_url))}
