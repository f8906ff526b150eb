"""Users, groups and library entries in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from core.admin_mixins import ReadOnlyMixin, RestrictedFilterMixin, UpdateOnlyMixin
from users.models import LibraryEntry, Reading, User

PERMISSION_FIELDS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name", "age"]


@admin.register(User)
class UserAdmin(UpdateOnlyMixin, RestrictedFilterMixin, auth_admin.UserAdmin[Any]):
    list_display = ["email", "name", "age", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["date_joined", "last_login"]
    add_form = UserCreationForm
    add_fieldsets = [(None, {"fields": ["email", "name", "age", "usable_password", "password1", "password2"]})]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Profile", {"fields": ["name", "age"]}),
        ("Permissions", {"fields": ["is_active", *PERMISSION_FIELDS]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only superusers change permissions; otherwise staff who may change users could make themselves superusers."""
        return [*self.readonly_fields, *([] if is_superuser(request) else PERMISSION_FIELDS)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_manage_account(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_manage_account(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Deleting an account deletes its library, although the admin allows no one to delete entries directly."""
        to_delete, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, missing_permissions - {LibraryEntry._meta.verbose_name}, protected


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def can_manage_account(request: HttpRequest, account: User | None) -> bool:
    """Accounts of staff can be changed by superusers and by their owners only."""
    return (
        is_superuser(request)
        or account is None
        or account == request.user
        or not (account.is_staff or account.is_superuser)
    )


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(RestrictedFilterMixin, auth_admin.GroupAdmin):
    """Only superusers change groups; otherwise members could give permissions to themselves."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)


class ReadingInline(ReadOnlyMixin, admin.TabularInline[Any, Any]):
    model = Reading
    extra = 0


@admin.register(LibraryEntry)
class LibraryEntryAdmin(ReadOnlyMixin, RestrictedFilterMixin, admin.ModelAdmin[Any]):
    """Staff see which books are in a library, but neither the notes nor any way to change an entry."""

    list_display = ["book", "user", "status", "rating", "updated_at"]
    list_filter = ["status"]
    list_select_related = ["book", "user"]
    search_fields = ["book__title", "user__email"]
    exclude = ["notes"]  # private
    inlines = [ReadingInline]
