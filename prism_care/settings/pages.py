"""Templates, static files and the browsing console."""

from django.urls import reverse_lazy

from prism_care.settings.env import BASE_DIR, PRISM_VAR_DIR, read

__all__ = ["STATICFILES_DIRS", "STATIC_ROOT", "STATIC_URL", "STORAGES", "TEMPLATES", "UNFOLD"]

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
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

UNFOLD = {
    "SITE_TITLE": "Prism Care",
    "SITE_HEADER": "Prism Care",
    "SITE_SUBHEADER": "Care desk",
    "SITE_URL": reverse_lazy("phonehome_console:review_list"),
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
}
