"""Forms of the pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from users.accounts.forms import shown_as_error
from users.accounts.throttles import limit_registrations
from users.library.entries import digest_notes
from users.models import EMAIL_IN_USE, LibraryEntry, User
from users.models.library import MAX_NOTES, RATINGS
from web.text_fields import LongTextField

RATING_CHOICES = [("", "not rated"), *((f"{rating:g}", f"{rating:g} of 5") for rating in map(float, RATINGS))]


class RegistrationForm(forms.ModelForm[User]):
    """A new account. The age is optional here; the API requires it, because earlier clients send it.

    Each form that is sent counts for the rate limit of registrations.
    """

    password = forms.CharField(
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )

    class Meta:
        model = User
        fields = ["name", "email", "age"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {"age": "Optional."}

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean(self) -> dict[str, Any]:
        with shown_as_error():
            limit_registrations(self.request)
        return super().clean() or self.cleaned_data

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        personal_data = {name: self.cleaned_data.get(name, "") for name in ("name", "email")}
        validate_password(password, User(**personal_data))
        return password

    def create(self) -> User | None:
        """Returns the new account; None if another request took the e-mail address since the form was checked."""
        fields = {name: self.cleaned_data[name] for name in ("name", "email", "age", "password")}
        try:
            with transaction.atomic():
                return User.objects.create_user(**fields)
        except IntegrityError:
            self.add_error("email", EMAIL_IN_USE)
            return None


class StatusField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(choices=LibraryEntry.Status.choices, required=False)


class RatingField(forms.TypedChoiceField):
    def __init__(self) -> None:
        super().__init__(choices=RATING_CHOICES, coerce=float, empty_value=None, required=False)


class EntryForm(forms.Form):
    """A change of a library entry: the fields that were sent, and the values that the reader has seen."""

    status = StatusField()
    rating = RatingField()
    seen_status = StatusField()
    seen_rating = RatingField()

    def sent(self) -> dict[str, Any]:
        """The values that a valid form sets, by field."""
        values = {name: self.cleaned_data[name] for name in ("status", "rating") if name in self.data}
        return {name: value for name, value in values.items() if name == "rating" or value}

    def seen(self) -> dict[str, Any]:
        return {name: self.cleaned_data[f"seen_{name}"] for name in ("status", "rating")}

    def changes(self) -> dict[str, Any]:
        """The values that the reader changes. Scripts also send the rating when only the status changes."""
        seen = self.seen()
        return {name: value for name, value in self.sent().items() if value != seen[name]}

    @property
    def removes_rating(self) -> bool:
        return self.data.get("rating") == ""


class NotesForm(forms.Form):
    """The notes of an entry, and the digest of those that the reader has seen."""

    notes = LongTextField(max_length=MAX_NOTES, rows=6)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @classmethod
    def of(cls, entry: LibraryEntry, *, notes: str | None = None) -> "NotesForm":
        """A form with the entry's notes, or with others that would replace them."""
        return cls(initial={"seen": digest_notes(entry.notes), "notes": entry.notes if notes is None else notes})
