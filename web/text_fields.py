"""Form fields for long texts."""

from typing import Any

from django import forms


class LongTextField(forms.CharField):
    """Text that is stored as it is, with the line breaks of Unix: browsers send others."""

    def __init__(self, *, max_length: int, rows: int) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, required=False, strip=False, widget=widget)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")
