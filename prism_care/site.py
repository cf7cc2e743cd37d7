"""The browsing site: Unfold's, behind the console's sign-in and with its own content policy."""

from collections.abc import Callable
from typing import Any, TypeVar

from csp.decorators import csp
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import sites
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from unfold.apps import BasicAppConfig
from unfold.sites import UnfoldAdminSite

View = TypeVar("View", bound=Callable[..., Any])


class ConsoleSite(UnfoldAdminSite):
    def admin_view(self, view: View, cacheable: bool = False) -> View:
        policy: Any = csp(settings.CONTENT_SECURITY_POLICY_ADMIN)
        guarded: View = policy(super().admin_view(view, cacheable))
        return guarded

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One door: the console's sign-in counts wrong tries and writes them down."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': wanted})}")


class ConsoleSiteConfig(BasicAppConfig):
    """Stands in for `unfold` in INSTALLED_APPS."""

    def ready(self) -> None:
        site = ConsoleSite()
        admin.site = site
        sites.site = site
