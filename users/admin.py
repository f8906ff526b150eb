from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from core.admin_mixins import NarrowList, ReadOnly
from users.models import LibraryEntry, Reading, User

RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name", "age"]


@admin.register(User)
class PersonAdmin(NarrowList, UserAdmin[Any]):
    list_display = ["email", "name", "age", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["date_joined", "last_login"]
    add_form = NewUserForm
    add_fieldsets = [(None, {"fields": ["email", "name", "age", "usable_password", "password1", "password2"]})]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["name", "age"]}),
        ("Rights", {"fields": ["is_active", *RIGHTS]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Rights are a superuser's to give: whoever may change people could else make themselves one."""
        return [*self.readonly_fields, *([] if is_superuser(request) else RIGHTS)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_touch(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """An account takes its shelf along: that is no right to delete entries, which nobody has here."""
        shown, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        return shown, counts, missing_rights - {LibraryEntry._meta.verbose_name}, protected


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def may_touch(request: HttpRequest, person: User | None) -> bool:
    """A member of staff's password and address are changed by superusers, and by that member on their own page."""
    return (
        is_superuser(request)
        or person is None
        or person == request.user
        or not (person.is_staff or person.is_superuser)
    )


admin.site.unregister(Group)


@admin.register(Group)
class RightsAdmin(NarrowList, GroupAdmin):
    """A group is its rights: who may change one gives rights to all who are in it, themselves maybe."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)


class ReadingInline(ReadOnly, admin.TabularInline[Any, Any]):
    model = Reading
    extra = 0


@admin.register(LibraryEntry)
class LibraryEntryAdmin(ReadOnly, NarrowList, admin.ModelAdmin[Any]):
    """What people keep is theirs: staff see that it is there, and change nothing."""

    list_display = ["book", "user", "status", "rating", "updated_at"]
    list_filter = ["status"]
    list_select_related = ["book", "user"]
    search_fields = ["book__title", "user__email"]
    exclude = ["notes"]  # private
    inlines = [ReadingInline]
