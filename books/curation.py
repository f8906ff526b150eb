"""Curated fields: a value that a person set is not overwritten by the source until it is released."""

from collections.abc import Collection
from decimal import Decimal
from textwrap import shorten
from typing import Any

from django.db import transaction

from books.models import Book, CuratedField, Source
from books.records import PLAIN_FIELDS

# A price and its currency are curated together.
LINKED_FIELDS = {"price": {"price", "currency"}, "currency": {"price", "currency"}}
PLAIN = (*PLAIN_FIELDS, "languages")
MAX_HISTORY_TEXT = 200  # characters of a value in the history
CURATABLE_FIELDS = (*PLAIN, "category", "authors")


@transaction.atomic
def curate(book: Book, fields: Collection[str], *, before: dict[str, Any], by: Any) -> None:
    """Marks the fields as curated and adds the change to the history. `before`: `field_values` before the change.

    A book that was entered by hand has no source that could overwrite it, so nothing is marked.
    """
    _describe_in_history(book, fields, before)
    if book.source == Source.MANUAL:
        return
    for field in add_linked_fields(fields) & set(CURATABLE_FIELDS):
        # Only the first change stores the source's value; later ones update the person and the time.
        CuratedField.objects.update_or_create(
            book=book, field=field, defaults={"by": by}, create_defaults={"by": by, "source_value": before[field]}
        )


def add_linked_fields(fields: Collection[str]) -> set[str]:
    return {name for each in fields for name in LINKED_FIELDS.get(each, {each})}


def _describe_in_history(book: Book, fields: Collection[str], before: dict[str, Any]) -> None:
    """Writes old and new values as the change reason of the newest history row.

    The admin compares consecutive rows, but the first row has no predecessor, and rows do not contain authors.
    """
    entry = book.history.first()
    if entry and fields:
        after = field_values(book)
        changes = (f"{name}: {_to_text(before[name])} → {_to_text(after[name])}" for name in sorted(fields))
        entry.history_change_reason = "; ".join(changes)
        entry.save(update_fields=["history_change_reason"])


def _to_text(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return shorten(text, MAX_HISTORY_TEXT, placeholder=" …") or "nothing"


def release_fields(books: Collection[Book]) -> int:
    """Lets the next ingest set the fields again; returns the number of released fields."""
    return CuratedField.objects.filter(book__in=books).delete()[0]


def field_values(book: Book) -> dict[str, Any]:
    """The curatable fields of a book as JSON values."""
    plain = {name: to_json_value(getattr(book, name)) for name in PLAIN}
    authors = [authorship.shown_name for authorship in book.authorships.select_related("author")]
    return {**plain, "category": book.category.name if book.category else None, "authors": authors}


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def to_json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return list(value) if isinstance(value, tuple) else value
