"""Settings of the test suite: the product's own, with quick hashing and nothing shared."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests only, " + "x" * 50)
os.environ["PRISM_VAR_DIR"] = tempfile.mkdtemp(prefix="prism-care-tests-")
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("GITHUB_TRANSPORT", "folder")
os.environ.setdefault("PHONE_HOME_SHIP_DELAY_SECONDS", "0")
os.environ.setdefault("LOG_LEVEL", "ERROR")
for name in ("GH_TOKEN", "GH_CONFIG_DIR", "PRISM_MODE", "DESK_MODE"):
    os.environ.pop(name, None)
if os.environ.get("TEST_ON", "sqlite") == "postgresql":
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ.pop("DATABASE_URL", None)

from prism_care.settings import *  # noqa: E402, F403
from prism_care.settings import DATABASES, PRISM_VAR_DIR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
API_RATE_LIMIT_PER_MINUTE = 1_000_000
PHONE_HOME_LOOK_SECONDS = 0

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in the product: threads and processes of a test see one database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(PRISM_VAR_DIR) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON;"
    )

(PRISM_VAR_DIR / "static").mkdir(parents=True, exist_ok=True)
