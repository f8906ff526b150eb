"""Details, review and readings of an entry for the page of its book."""

from typing import Any

from users.imports.formats.registry import DOCUMENT_FORMATS, TABLE_FORMATS
from users.library.details import quote_tag_name
from users.library.tags import list_tags
from users.models import EntryOrigin, LibraryEntry, User
from web.entry_forms import DetailsForm, ReadingForm, ReviewForm

PROGRAMS = {
    **{each.name: each.label for each in TABLE_FORMATS},
    **{each.name: each.label for each in DOCUMENT_FORMATS},
}


def describe_details(entry: LibraryEntry, owner: User | None) -> dict[str, Any]:
    return {
        "review_form": ReviewForm.of(entry),
        "details_form": DetailsForm.of(entry),
        "tag_names": [quote_tag_name(tag.name) for tag in list_tags(owner)],
        "origins": [name_origin(origin) for origin in entry.origins.all()],
        "reading_forms": [ReadingForm.of(reading) for reading in entry.readings.all()],
        "new_reading": ReadingForm.of(),
    }


def name_origin(origin: EntryOrigin) -> str:
    """Such as `Goodreads (13554058)`."""
    name = PROGRAMS.get(origin.source) or origin.source.replace("_", " ")
    return f"{name} ({origin.source_id})" if origin.source_id else name
