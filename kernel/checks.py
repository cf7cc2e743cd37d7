"""Start-up checks of what every app stands on."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.database)
def sqlite_has_one_web_process(**kwargs: Any) -> list[CheckMessage]:
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine.endswith("sqlite3") and settings.WEB_WORKERS > 1:
        return [
            Warning(
                "WEB_WORKERS is above 1 on SQLite.",
                hint="Set WEB_WORKERS=1, or DATABASE_URL to a PostgreSQL database: only one "
                "process writes at a time, and rate limits count per process.",
                id="kernel.W001",
            )
        ]
    return []
