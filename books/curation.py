"""What a person sets stays: a curated field keeps its value whatever its source says, until somebody releases it."""

from collections.abc import Collection
from decimal import Decimal
from textwrap import shorten
from typing import Any

from django.db import transaction

from books.models import Book, CuratedField, Source
from books.records import PLAIN_FIELDS

# A price and its currency are one statement.
TOGETHER = {"price": {"price", "currency"}, "currency": {"price", "currency"}}
PLAIN = (*PLAIN_FIELDS, "languages")
SHOWN = 200  # characters of a value that the history shows
FIELDS = (*PLAIN, "category", "authors")


@transaction.atomic
def curate(book: Book, fields: Collection[str], *, before: dict[str, Any], by: Any) -> None:
    """Marks the fields as set by a person, and tells the history; `before` is what `values` gave ahead of the change.

    A book that was entered by hand has no source that could overwrite it: nothing is marked there.
    """
    _tell_history(book, fields, before)
    if book.source == Source.MANUAL:
        return
    for field in {name for each in fields for name in TOGETHER.get(each, {each})} & set(FIELDS):
        # Who set it first said what the source's value was; whoever sets it again changes only the name and the time.
        CuratedField.objects.update_or_create(
            book=book, field=field, defaults={"by": by}, create_defaults={"by": by, "source_value": before[field]}
        )


def _tell_history(book: Book, fields: Collection[str], before: dict[str, Any]) -> None:
    """Says in the newest entry what was changed, from what to what.

    Two entries show it side by side, but a book's first one has none before it, and authors stand in no entry.
    """
    entry = book.history.first()
    if entry and fields:
        after = values(book)
        changes = (f"{name}: {_shown(before[name])} → {_shown(after[name])}" for name in sorted(fields))
        entry.history_change_reason = "; ".join(changes)
        entry.save(update_fields=["history_change_reason"])


def _shown(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return shorten(text, SHOWN, placeholder=" …") or "nothing"


def release(books: Collection[Book]) -> int:
    """Lets the source set all fields again, at its next word. Gives the number of fields."""
    return CuratedField.objects.filter(book__in=books).delete()[0]


def values(book: Book) -> dict[str, Any]:
    """The fields of a book, as JSON has them."""
    plain = {name: as_json(getattr(book, name)) for name in PLAIN}
    authors = [authorship.author.name for authorship in book.authorships.select_related("author")]
    return {**plain, "category": book.category.name if book.category else None, "authors": authors}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return list(value) if isinstance(value, tuple) else value
