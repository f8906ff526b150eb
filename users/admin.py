"""Users and groups in the admin.

Libraries are private: the admin states how many entries one has, and never which books, notes, ratings or statuses.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from core.admin_mixins import CountedDeletionMixin, RestrictedFilterMixin, UpdateOnlyMixin
from users.accounts.changes import delete_account
from users.models import LibraryEntry, User

PERMISSION_FIELDS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name", "age"]


@admin.register(User)
class UserAdmin(CountedDeletionMixin, UpdateOnlyMixin, RestrictedFilterMixin, auth_admin.UserAdmin[Any]):
    list_display = ["email", "name", "library_size", "is_staff", "is_active", "date_joined", "age"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["date_joined", "last_login", "library_size"]
    add_form = UserCreationForm
    add_fieldsets = [(None, {"fields": ["email", "name", "age", "usable_password", "password1", "password2"]})]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Profile", {"fields": ["name", "age", "library_size"]}),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        entries = LibraryEntry.objects.filter(user=OuterRef("pk")).order_by().values("user")
        return users.annotate(library_size=Coalesce(Subquery(entries.annotate(size=Count("pk")).values("size")), 0))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            delete_account(user)

    @admin.display(description="library size", ordering="library_size")
    def library_size(self, user: User) -> int:
        return int(getattr(user, "library_size", 0))  # a new account is not annotated


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
