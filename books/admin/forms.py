"""The form of a book in the admin. Each invalid input has its error at its field."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget

from books.isbn import MAX_LENGTH, describe_error, parse_isbn
from books.languages import MARC_CODES
from books.models import Book
from books.openlibrary.values import parse_reference
from books.records import WORK_KEY_RULE

# The brackets and quotes of a JSON list are ignored, which forms and scripts of earlier versions send.
LANGUAGE_SEPARATORS = re.compile(r"""[\s,;\[\]"']+""")
PRICE_AND_CURRENCY = "State a price and its currency together, or neither."


class MultilineField(forms.CharField):
    """Browsers send other line ends than the database has, so that unchanged text would count as changed."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class LanguagesField(forms.CharField):
    """A list of codes, written with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        codes = LANGUAGE_SEPARATORS.split(super().to_python(value) or "")
        return list(dict.fromkeys(code for code in codes if code))


class BookForm(forms.ModelForm[Book]):
    isbn_13 = forms.CharField(
        label="ISBN-13",
        required=False,
        empty_value=None,
        max_length=MAX_LENGTH,
        help_text="Only if it is certain. An ISBN-10 is converted, and hyphens are removed.",
        widget=AdminTextInputWidget,
        show_hidden_initial=True,
    )
    languages = LanguagesField(
        required=False,
        help_text="MARC codes with commas between them, such as eng, fre.",
        widget=AdminTextInputWidget,
        show_hidden_initial=True,
    )

    def clean_isbn_13(self) -> str | None:
        return self._parse("isbn_13", parse_isbn, describe_error)

    def clean_work_key(self) -> str | None:
        return self._parse("work_key", parse_reference, lambda _: WORK_KEY_RULE)

    def clean_languages(self) -> list[str]:
        codes: list[str] = self.cleaned_data["languages"]
        unknown = [code for code in codes if code not in MARC_CODES and code not in self.instance.languages]
        if unknown:
            names = ", ".join(unknown)
            raise forms.ValidationError(f"Unknown: {names}. Enter MARC codes of three letters, such as eng, fre.")
        return codes

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if not {"price", "currency"} <= values.keys():
            return values
        if (values["price"] is None) != (not values["currency"]):
            self.add_error("price" if values["price"] is None else "currency", PRICE_AND_CURRENCY)
        return values

    def _parse(self, name: str, parse: Callable[[str], str | None], describe: Callable[[str], str]) -> str | None:
        """Returns the stored form of the text. The current value is valid even if its source stated a wrong one."""
        text: str | None = self.cleaned_data[name]
        if not text or text == getattr(self.instance, name):
            return text
        parsed = parse(text)
        if parsed is None:
            raise forms.ValidationError(describe(text))
        return parsed
