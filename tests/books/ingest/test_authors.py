"""Authors are identified by their key at the source, which need not be Open Library."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from books.ingest import IngestResult, ingest
from books.models import Author, Book
from books.records import MAX_TEXT, AuthorRecord
from tests.support.factories import make_record

pytestmark = pytest.mark.django_db


def list_authors() -> list[tuple[str | None, str | None, str]]:
    return list(Author.objects.order_by("pk").values_list("source", "source_key", "name"))


def test_authors_of_a_shop_are_stored_under_its_keys() -> None:
    record = make_record(source="woo", authors=(AuthorRecord("auteur-3", "Émile Zola"), AuthorRecord("4", "Ann Lee")))

    assert ingest([record]) == IngestResult(created=1)
    assert ingest([record]) == IngestResult(unchanged=1)

    assert list_authors() == [("woo", "4", "Ann Lee"), ("woo", "auteur-3", "Émile Zola")]
    assert [each.author.name for each in Book.objects.get().authorships.all()] == ["Émile Zola", "Ann Lee"]


def test_equal_keys_of_two_sources_are_two_authors() -> None:
    ingest([
        make_record(source="woo", authors=(AuthorRecord("1", "Ann Lee"),)),
        make_record(source="open_library", authors=(AuthorRecord("1", "Bea Lee"),)),
    ])  # fmt: skip

    assert {name for _, _, name in list_authors()} == {"Ann Lee", "Bea Lee"}


def test_a_source_without_keys_identifies_authors_by_name() -> None:
    long_name = "é" * MAX_TEXT["author"]
    for names in (["Émile Zola", long_name], ["EMILE ZOLA", long_name], [long_name, "Ann"]):
        authors = tuple(map(AuthorRecord.identified_by_name, names))
        ingest([make_record(source="woo", source_key="a", authors=authors)])

    assert {name for _, _, name in list_authors()} == {"Émile Zola", long_name, "Ann"}
    assert [each.author.name for each in Book.objects.get().authorships.all()] == [long_name, "Ann"]


def test_authors_without_a_key_are_one_author_only_within_their_source() -> None:
    """Two people can have one name, and staff merge authors."""
    ann = (AuthorRecord.identified_by_name("Ann Lee"),)
    ingest([
        make_record(source="woo", source_key="a", authors=ann),
        make_record(source="woo", source_key="b", authors=(AuthorRecord.identified_by_name("ANN  LEE"),)),
        make_record(source="corner", source_key="a", authors=ann),
        make_record(source="open_library", source_key="OL1W", authors=(AuthorRecord("OL1A", "Ann Lee"),)),
    ])  # fmt: skip

    sources = Author.objects.values_list("source", flat=True)
    assert sorted(filter(None, sources)) == ["corner", "open_library", "woo"]
    assert Author.objects.get(source="woo").books.count() == 2


@pytest.mark.parametrize("fields", [{"source": "woo"}, {"source_key": "1"}, {"source": "woo", "source_key": ""}])
def test_source_and_key_are_stated_together(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="author_source_has_key"), transaction.atomic():
        Author.objects.create(name="Ann", **fields)


def test_authors_entered_by_hand_have_no_source() -> None:
    Author.objects.create(name="Ann")
    Author.objects.create(name="Ann")

    assert list_authors() == [(None, None, "Ann")] * 2
