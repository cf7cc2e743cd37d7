"""Templates, static files and the browsing console."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from prism_care.settings.env import BASE_DIR, PRISM_VAR_DIR, PRODUCTION, read

__all__ = [
    "STATICFILES_DIRS",
    "STATIC_ROOT",
    "STATIC_URL",
    "STORAGES",
    "TEMPLATES",
    "UNFOLD",
    "WHITENOISE_USE_FINDERS",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

STATIC_URL = "/static/"
STATIC_ROOT = read(
    "STATIC_ROOT",
    default=str(PRISM_VAR_DIR / "static"),
    shown_default="`static/` in `PRISM_VAR_DIR`",
    meaning="Where `collectstatic` puts what whitenoise serves.",
)
STATICFILES_DIRS = [BASE_DIR / "prism_care" / "assets"]
# Production serves what `collectstatic` gathered, under names that hold a digest. The embedded
# default finds the files where they are, so that a web server started by hand shows its pages too.
_STATIC_STORAGE = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if PRODUCTION
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = not PRODUCTION


def _icon(request: HttpRequest) -> str:
    return static("console/icon.svg")


# Tailwind's blue, the console's own colour.
_BLUE = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}
UNFOLD = {
    "SITE_TITLE": "Prism Care",
    "SITE_HEADER": "Prism Care",
    "SITE_SUBHEADER": "Care desk",
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "COLORS": {"primary": _BLUE},
    "SITE_URL": reverse_lazy("phonehome_console:review_list"),
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
}
