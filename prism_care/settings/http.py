"""Middleware and what the web server may accept."""

from prism_care.settings.env import PRODUCTION, read

__all__ = [
    "ALLOWED_HOSTS",
    "CSRF_FAILURE_VIEW",
    "CSRF_TRUSTED_ORIGINS",
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "MIDDLEWARE",
    "PUBLIC_BASE_URL",
]

ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    "list",
    default=["localhost", "127.0.0.1", "[::1]"],
    required_in_production=True,
    meaning="Comma-separated host names the site answers to.",
)
CSRF_TRUSTED_ORIGINS = read(
    "CSRF_TRUSTED_ORIGINS",
    "list",
    default=[],
    meaning="Origins (`https://care.example.com`) behind a proxy that may post forms.",
)
PUBLIC_BASE_URL = read(
    "PUBLIC_BASE_URL",
    default="",
    meaning="Address people reach the console at; links in signals are relative without it.",
).rstrip("/")

# Console forms carry an issue body of up to 65,536 characters, four bytes each at worst,
# percent-encoded; agent endpoints have their own limit of 256 KiB (kernel.middleware).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kernel.middleware.CorrelationIdMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "kernel.middleware.ApiEnvelopeMiddleware",
    "kernel.middleware.BrowserOnlySessionMiddleware",
    "kernel.middleware.BrowserOnlyLocaleMiddleware",
    # Agent endpoints are exempt (DRF): CSRF protects cookies, and they accept none.
    "django.middleware.csrf.CsrfViewMiddleware",
    "kernel.middleware.BrowserOnlyAuthenticationMiddleware",
    "kernel.middleware.BrowserOnlyMessageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
CSRF_FAILURE_VIEW = "prism_care.views.csrf_failure"

if PRODUCTION and "*" in ALLOWED_HOSTS:
    from django.core.exceptions import ImproperlyConfigured

    raise ImproperlyConfigured("ALLOWED_HOSTS may not hold * when PRISM_MODE=production.")
