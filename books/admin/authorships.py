"""The authors of a book, on its page in the admin."""

from typing import Any

from django import forms
from django.contrib import admin

from books.models import Authorship, Book


class AuthorshipForm(forms.ModelForm[Authorship]):
    def clean(self) -> dict[str, Any]:
        """The name in the book belongs to the author, so another author does not get it."""
        values: dict[str, Any] = self.cleaned_data
        if "author" in self.changed_data and "name" not in self.changed_data:
            values["name"] = None
        return values


class AuthorshipInline(admin.TabularInline[Authorship, Book]):
    model = Authorship
    form = AuthorshipForm
    fields = ["author", "name", "position"]
    autocomplete_fields = ["author"]
    extra = 0
