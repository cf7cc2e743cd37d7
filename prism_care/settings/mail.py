"""Mail to operators and the on-call address; none without a server."""

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from prism_care.settings.env import read

__all__ = [
    "DEFAULT_FROM_EMAIL",
    "EMAIL_BACKEND",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_TIMEOUT",
    "EMAIL_URL",
    "EMAIL_USE_SSL",
    "EMAIL_USE_TLS",
    "ON_CALL_ADDRESS",
]

EMAIL_URL = read(
    "EMAIL_URL",
    default="",
    meaning="`smtp+tls://user:password@host:587`, `smtp+ssl://…:465` or `consolemail://`. Without "
    "it no e-mail is sent, and escalations say so.",
)
DEFAULT_FROM_EMAIL = read(
    "EMAIL_FROM", default="prism-care@localhost", meaning="The sender of e-mail."
)
ON_CALL_ADDRESS = read(
    "ON_CALL_ADDRESS",
    default="",
    meaning="Where an escalation to the on-call address goes when its step names none.",
)

if EMAIL_URL and EMAIL_URL.partition("://")[0] not in Env.EMAIL_SCHEMES:
    raise ImproperlyConfigured(
        f"EMAIL_URL must begin with one of {', '.join(Env.EMAIL_SCHEMES)}, then `://`."
    )
_mail = Env.email_url_config(EMAIL_URL or "dummymail://")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS", False))
EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL", False))
EMAIL_TIMEOUT = 10
