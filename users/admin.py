from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest

from books.admin import ReadOnly
from users.models import LibraryEntry, Reading, User


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name", "age"]


@admin.register(User)
class PersonAdmin(UserAdmin[Any]):
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
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]


class ReadingInline(ReadOnly, admin.TabularInline[Any, Any]):
    model = Reading
    extra = 0


@admin.register(LibraryEntry)
class LibraryEntryAdmin(ReadOnly, admin.ModelAdmin[Any]):
    """What people keep is theirs: staff see that it is there, and change nothing."""

    list_display = ["book", "user", "status", "rating", "updated_at"]
    list_filter = ["status"]
    list_select_related = ["book", "user"]
    search_fields = ["book__title", "user__email"]
    exclude = ["notes"]  # private
    inlines = [ReadingInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only with the account whose entries they are."""
        match = request.resolver_match
        return match is not None and str(match.url_name).startswith("users_user_")
