from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from access.models import AgentKey, Persona, PersonaStamp, Project, Tenant, User
from kernel.browse import BrowseAdmin
from kernel.ledger import record


class _PeopleAdmin(ModelAdmin):
    """Changed by superusers only, and each change is a line in the ledger; nobody is deleted,
    because decisions keep pointing at who took them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        _record(request, f"access.{obj._meta.model_name}.created", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        _record(request, f"access.{obj._meta.model_name}.changed", obj, message)
        return super().log_change(request, obj, message)


def _record(request: HttpRequest, action: str, obj: Any, message: Any) -> None:
    # Only superusers come here. Django's message names the changed fields, never their values.
    superuser: Any = request.user
    record(action, by=superuser, subject=obj, name=str(obj), what=message)


# Django's first, or its forms are not used; the stubs of the two do not agree with each other.
@admin.register(User)
class UserAdmin(DjangoUserAdmin, _PeopleAdmin):  # type: ignore[misc]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return fieldsets
        # Not even the method of another person's password.
        return [
            (name, {**options, "fields": [one for one in options["fields"] if one != "password"]})
            for name, options in fieldsets
        ]


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, _PeopleAdmin):  # type: ignore[misc]
    pass


@admin.register(Tenant)
class TenantAdmin(BrowseAdmin):
    list_display = ("slug", "name", "desk_mode", "created_at")
    search_fields = ("slug", "name")


@admin.register(Project)
class ProjectAdmin(BrowseAdmin):
    list_display = ("pid", "name", "tenant", "is_home", "created_at")
    list_filter = ("is_home",)
    list_select_related = ("tenant",)
    search_fields = ("pid", "name")


@admin.register(Persona)
class PersonaAdmin(BrowseAdmin):
    list_display = ("identity", "project", "persona_class", "duty", "status", "created_at")
    list_filter = ("persona_class", "duty", "status")
    list_select_related = ("project",)
    search_fields = ("identity", "project__pid")


@admin.register(PersonaStamp)
class PersonaStampAdmin(BrowseAdmin):
    list_display = ("recorded_at", "identity", "pid", "before", "after", "duty", "stamped_by")
    search_fields = ("identity", "pid", "stamped_by")
    ordering = ("-id",)


@admin.register(AgentKey)
class AgentKeyAdmin(BrowseAdmin):
    list_display = ("key_id", "persona", "scopes", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("persona__project",)
    search_fields = ("key_id", "persona__identity", "persona__project__pid")
    # The digest of the secret is nobody's to see.
    exclude: ClassVar = ["secret_sha256"]
