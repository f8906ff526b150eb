"""Forms of a library entry on the page of its book: review, details and readings."""

from typing import Any

from django import forms

from core.partial_date import RULE, PartialDate
from users.library.details import DETAILS, REVIEW, digest_fields, join_tag_names, parse_tag_names
from users.library.entries import digest_reading
from users.models import LibraryEntry, Reading
from users.models.library import MAX_PAGE, MAX_REVIEW
from web.text_fields import LongTextField

UNITS = [("page", "page"), ("percent", "per cent")]
LIMITS = {
    "page": (MAX_PAGE, f"A page is at most {MAX_PAGE:,}."),
    "percent": (100, "A progress is at most 100 per cent."),
}
MAX_TAG_TEXT = 50_000  # characters


class SeenValuesForm(forms.Form):
    """Fields of an entry, and the digest of the values that the reader has seen."""

    stored: tuple[str, ...]  # the fields of the entry
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @classmethod
    def of(cls, entry: LibraryEntry) -> "SeenValuesForm":
        """A form with the entry's values."""
        return cls(initial={**cls.read(entry), "seen": digest_fields(entry, cls.stored)}, auto_id="entry-%s")

    @classmethod
    def read(cls, entry: LibraryEntry) -> dict[str, Any]:
        return {name: getattr(entry, name) for name in cls.stored}

    def with_seen(self, entry: LibraryEntry) -> "SeenValuesForm":
        """A form with the text of this one that would replace the entry's current values."""
        data = {name: self.data.get(name, "") for name in self.fields if name in self.data}
        return type(self)({**data, "seen": digest_fields(entry, self.stored)}, auto_id=self.auto_id)

    def changes(self) -> dict[str, Any]:
        """The values of a valid form, by field of the entry."""
        return {name: self.cleaned_data[name] for name in self.stored}


class ReviewForm(SeenValuesForm):
    stored = REVIEW
    review = LongTextField(max_length=MAX_REVIEW, rows=5)
    contains_spoilers = forms.BooleanField(required=False, label="The review contains spoilers")


class TagsField(forms.CharField):
    """Names separated by commas."""

    def __init__(self) -> None:
        attributes = {"list": "tag-names", "autocomplete": "off", "data-tags": ""}
        super().__init__(max_length=MAX_TAG_TEXT, required=False, widget=forms.TextInput(attrs=attributes))
        self.help_text = "Separated by commas."

    def clean(self, value: Any) -> list[str]:
        try:
            return parse_tag_names(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class DetailsForm(SeenValuesForm):
    stored = DETAILS
    tags = TagsField()
    progress = forms.IntegerField(min_value=0, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    unit = forms.ChoiceField(
        choices=UNITS,
        required=False,
        label="Unit",
        widget=forms.Select(attrs={"aria-label": "Unit of the progress"}),
    )
    format = forms.ChoiceField(choices=LibraryEntry.Format.choices, required=False)
    added_on = forms.DateField(
        required=False,
        label="Added",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Use a date such as 2024-05-03, or leave the field empty."},
    )
    owned = forms.BooleanField(required=False, label="I own a copy")

    @classmethod
    def read(cls, entry: LibraryEntry) -> dict[str, Any]:
        values = {name: getattr(entry, name) for name in ("format", "added_on", "owned")}
        progress = entry.progress or {}
        unit = next(iter(progress), "page")
        return {**values, "tags": join_tag_names(entry), "progress": progress.get(unit), "unit": unit}

    def clean_format(self) -> str:
        return self.cleaned_data["format"] or LibraryEntry.Format.UNKNOWN

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, unit = data.get("progress"), data.get("unit") or "page"
        limit, message = LIMITS[unit]
        if number is not None and number > limit:
            self.add_error("progress", message)
        return {**data, **{f"progress_{name}": number if name == unit else None for name in LIMITS}}


class PartialDateField(forms.CharField):
    def __init__(self, placeholder: str, **options: Any) -> None:
        attributes = {"placeholder": placeholder, "autocomplete": "off", "inputmode": "numeric"}
        super().__init__(max_length=20, required=False, widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> PartialDate | None:
        text = str(super().clean(value))
        try:
            return PartialDate.parse(text) if text else None
        except ValueError as error:
            problem = RULE if str(error) == RULE else f"The calendar has no such date. {RULE}"
            raise forms.ValidationError(problem) from error


class ReadingForm(forms.ModelForm[Reading]):
    """One time the book was read. Both dates may be unknown, or known as a month or a year only."""

    started_on = PartialDateField("2026-05-03", label="Started")
    finished_on = PartialDateField("2026-05", label="Ended")
    outcome = forms.TypedChoiceField(
        choices=[("", "Not ended, or unknown"), *Reading.Outcome.choices],
        required=False,
        empty_value=None,
        label="How it ended",
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reading
        fields = ["started_on", "finished_on", "outcome"]

    @classmethod
    def of(cls, reading: Reading | None = None) -> "ReadingForm":
        initial = {"seen": digest_reading(reading)} if reading else {}
        return cls(instance=reading, initial=initial, auto_id=f"reading-{reading.pk if reading else 'new'}-%s")

    @property
    def values(self) -> dict[str, Any]:
        """The values of a valid form, by field of the reading."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        started, finished = data.get("started_on"), data.get("finished_on")
        if started and finished and finished.is_certainly_before(started):
            text = f"{finished.label} is before the start, {started.label}. Correct one of the two."
            self.add_error("finished_on", text)
        return data
