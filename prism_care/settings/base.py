"""What the project is made of."""

from prism_care.settings.env import BASE_DIR, PRISM_MODE, PRISM_VAR_DIR, PRODUCTION, read

__all__ = [
    "AUTH_USER_MODEL",
    "BASE_DIR",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "LANGUAGE_CODE",
    "PRISM_HOST",
    "PRISM_MODE",
    "PRISM_PORT",
    "PRISM_VAR_DIR",
    "PRODUCTION",
    "ROOT_URLCONF",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
    "WEB_WORKERS",
    "WSGI_APPLICATION",
]

DEBUG = read("DEBUG", "bool", default=False, meaning="Django's debug pages; never in production.")
PRISM_HOST = read("PRISM_HOST", default="127.0.0.1", meaning="Address the web server listens on.")
PRISM_PORT = read("PRISM_PORT", "int", default=8000, minimum=0, meaning="Port of the web server.")
WEB_WORKERS = read(
    "WEB_WORKERS",
    "int",
    default=1,
    minimum=1,
    meaning="Web processes. SQLite serves one best; PostgreSQL is made for more.",
)

INSTALLED_APPS = [
    "prism_care.site.ConsoleSiteConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_fsm",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "kernel",
    "access",
    "bridge",
    "incidents",
    "phonehome",
    "prism_care",
]

AUTH_USER_MODEL = "access.User"
ROOT_URLCONF = "prism_care.urls"
WSGI_APPLICATION = "prism_care.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
