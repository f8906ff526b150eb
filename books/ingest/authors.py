"""Authors and authorships of a batch of records.

A book keeps the name that its source states for it, because one author may publish in several scripts.
"""

from collections.abc import Collection, Sequence
from typing import Any

from books.ingest.snapshot import IDENTITY, Identity, Snapshot
from books.models import Author, Authorship
from books.records import BookRecord
from core.db.bulk import find_ids, find_values, insert
from core.text import fold_to_key

Ids = dict[tuple[Any, ...], int]


def are_same_authors(authorships: Sequence[Authorship], record: BookRecord) -> bool:
    """Whether the rows are the ones that the record's authors would be stored as."""
    stored = [(each.author.source, each.author.source_key) for each in authorships]
    return stored == [(record.source, author.key) for author in record.authors] and all(
        each.name == _name_in_book(author.name, each.author.stated_name)
        for each, author in zip(authorships, record.authors, strict=True)
    )


def write_authors(records: Collection[BookRecord], snapshot: Snapshot, ids: Ids, *, publish: bool) -> None:
    """Replaces the authorships of books if the record names authors and no person has set them."""
    with_authors = [each for each in records if each.authors and not _has_curated_authors(each, snapshot)]
    if not with_authors:
        return
    # Reversed, so that the first name counts if the batch has several, as it does in several batches.
    names = {(each.source, author.key): author.name for each in reversed(with_authors) for author in each.authors}
    authors = _get_or_create_authors(names, publish=publish)
    usual_names = find_values(Author, "stated_name", IDENTITY, names)
    # New books are included, because another process may have created them since the snapshot.
    Authorship.objects.filter(book__in=[ids[record.identity] for record in with_authors]).delete()
    rows = []
    for record in with_authors:
        for position, author in enumerate(record.authors):
            identity = record.source, author.key
            name = _name_in_book(author.name, usual_names.get(identity))
            key = None if name is None else fold_to_key(name)
            rows.append((ids[record.identity], authors[identity], position, name, key))
    insert(Authorship, ["book", "author", "position", "name", "name_key"], rows)


def _name_in_book(stated: str, usual: str | None) -> str | None:
    """The name to store with a book. It is compared with the name that the source stated first.

    The author's present name may be a person's choice, which applies to the books with the source's usual name. If the
    source's name is unknown, the present one applies to all books.
    """
    return None if usual in {None, stated} else stated


def _has_curated_authors(record: BookRecord, snapshot: Snapshot) -> bool:
    return "authors" in snapshot.curated_fields(snapshot.books.get(record.identity))


def _get_or_create_authors(names: dict[Identity, str], *, publish: bool) -> Ids:
    """Author ids by identity. Existing names are not updated, because a person may have edited them."""
    ids = find_ids(Author, IDENTITY, names)
    if missing := sorted(set(names) - set(ids)):
        rows = [
            (*identity, names[identity], fold_to_key(names[identity]), names[identity], publish) for identity in missing
        ]
        insert(Author, [*IDENTITY, "name", "name_key", "stated_name", "is_published"], rows, ignore_conflicts=True)
        ids |= find_ids(Author, IDENTITY, missing)
    return ids
