"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

from prism_care import views

api = [
    path("", include("bridge.api.urls")),
    path("", include("incidents.api.urls")),
    path("", include("phonehome.api.urls")),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/schema/", views.SchemaView.as_view(), name="schema"),
    path("api/schemas/", include("incidents.api.schemas")),
    path("api/v1/", include((api, "api"))),
    path("console/", include("prism_care.console_urls")),
    path("console/review/", include("phonehome.console.urls")),
    path("console/incidents/", include("incidents.console.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "prism_care.views.bad_request"
handler403 = "prism_care.views.permission_denied"
handler404 = "prism_care.views.not_found"
handler500 = "prism_care.views.server_error"
