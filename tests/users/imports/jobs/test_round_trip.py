"""The JSON export restores every library without loss."""

import json
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from books.models import Author, Authorship, Book
from core.partial_date import PartialDate
from tests.support.factories import make_book, make_user
from tests.support.imports import import_file, read_file
from tests.support.installation import ROOT
from users.library.export_archive import write_archive
from users.library.export_document import write_document
from users.library.export_table import write_table
from users.library.tags import set_tags
from users.models import EntryOrigin, LibraryEntry, Reading, User

SCHEMA = json.loads((ROOT / "docs" / "library-export.schema.json").read_text())
STORABLE = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
LONG_TEXT = st.one_of(
    st.text(STORABLE, max_size=300),
    st.sampled_from(['"', "a\r\nb\nc\rd", "\u202eabc\u202c", "👩‍👩‍👧 é", "'", " outer ", "x" * 10_000, "\u2028"]),
)
NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)
DATES = st.one_of(
    st.none(),
    st.integers(1, 9999).map(PartialDate),
    st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12)),
    st.dates().map(PartialDate.of),
)
READINGS = st.tuples(DATES, DATES, st.sampled_from([None, "finished", "abandoned"])).filter(
    lambda each: not (each[0] and each[1] and each[1].is_certainly_before(each[0]))
)
ENTRIES = st.fixed_dictionaries(
    {
        "title": NAMES,
        "authors": st.lists(NAMES, max_size=3, unique=True),
        "fields": st.fixed_dictionaries(
            {
                "status": st.sampled_from(LibraryEntry.Status.values),
                "rating": st.one_of(st.none(), st.integers(1, 10).map(lambda halves: Decimal(halves) / 2)),
                "review": LONG_TEXT,
                "notes": LONG_TEXT,
                "contains_spoilers": st.booleans(),
                "owned": st.booleans(),
                "format": st.sampled_from(LibraryEntry.Format.values),
                "added_on": st.one_of(st.none(), st.dates()),
            }
        ),
        "progress": st.sampled_from([{}, {"progress_page": 0}, {"progress_page": 120}, {"progress_percent": 40}]),
        "tags": st.lists(NAMES, max_size=3),
        "readings": st.lists(READINGS, max_size=3),
        "origins": st.lists(st.tuples(NAMES, st.dictionaries(NAMES, LONG_TEXT, max_size=3)), max_size=2),
        "isbn": st.sampled_from([None, None, "9780140447934", "9780306406157"]),
        "published": st.booleans(),
    }
)


def add_entry(user: User, values: dict[str, Any]) -> None:
    book = Book.objects.create(title=values["title"], isbn_13=values["isbn"], is_published=values["published"])
    if values["published"]:
        Book.objects.filter(pk=book.pk).update(source="shop")
    for position, name in enumerate(values["authors"]):
        author = Author.objects.create(name=name)
        Authorship.objects.create(book=book, author=author, position=position)
    entry = LibraryEntry.objects.create(user=user, book=book, **values["fields"], **values["progress"])
    set_tags(entry, values["tags"])
    for started, finished, outcome in values["readings"]:
        Reading.objects.create(entry=entry, started_on=started, finished_on=finished, outcome=outcome)
    for key, raw in values["origins"]:
        EntryOrigin.objects.create(entry=entry, source="goodreads", source_id=key, raw=raw)


def export(user: User) -> Any:
    return json.loads("".join(write_document(user)))


class RoundTrip(TestCase):  # hypothesis resets the database between its examples
    @given(st.lists(ENTRIES, max_size=3))
    @settings(max_examples=25, derandomize=True, deadline=None)
    def test_any_library_is_restored(self, entries: list[dict[str, Any]]) -> None:
        user, other = make_user(), make_user()
        for values in entries:
            add_entry(user, values)
        exported = export(user)
        jsonschema.validate(exported, SCHEMA)
        if not entries:
            return

        job = import_file(other, "".join(write_document(user)).encode())

        assert job.count_outcomes()["created"] == len(entries), list(job.rows.values("outcome", "reason", "problems"))
        assert export(other)["entries"] == exported["entries"]


@pytest.fixture
def library(ann: User) -> User:
    book = make_book(title="Émile", authors=["Ann Lee", "Bob"], isbn_13="9780140447934")
    values: dict[str, Any] = {"rating": Decimal("3.5"), "review": "=1+1", "notes": "a\nb", "added_on": date(2020, 1, 2)}
    entry = LibraryEntry.objects.create(
        user=ann, book=book, status="paused", owned=True, format="audio", progress_percent=40, **values
    )
    set_tags(entry, ["crime", "été"])
    entry.readings.create(started_on="2024-05", finished_on="2024", outcome="abandoned")
    entry.readings.create(outcome="finished")
    entry.readings.create(outcome="finished")
    return ann


@pytest.mark.django_db
def test_the_archive_can_be_imported(library: User) -> None:
    other = make_user()

    import_file(other, write_archive(library).read())

    assert export(other)["entries"] == export(library)["entries"]


@pytest.mark.django_db
def test_the_archive_names_its_files(library: User) -> None:
    with zipfile.ZipFile(write_archive(library)) as archive:
        assert archive.namelist() == [
            "README.txt",
            "colophon-library.json",
            "library.csv",
            "watches.json",
            "account.json",
        ]
        assert json.loads(archive.read("account.json"))["email"] == "ann@example.org"


@pytest.mark.django_db
def test_the_table_keeps_the_values_of_the_library(library: User) -> None:
    other = make_user()

    import_file(other, "".join(write_table(library)).encode())

    exported, restored = export(library)["entries"][0], export(other)["entries"][0]
    for name in set(exported) - {"imported_from"}:
        assert restored[name] == exported[name], name


@pytest.mark.django_db
def test_the_table_is_safe_for_spreadsheets(library: User) -> None:
    text = "".join(write_table(library))

    assert text.startswith("\ufeffTitle,Author,")
    assert ",'=1+1," in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rating": "0.25"}, "rating"),
        ({"rating": 4}, "rating"),
        ({"status": "lost"}, "status"),
        ({"readings": [{"started_on": "2024-13", "finished_on": None, "outcome": None}]}, "readings/0"),
        ({"tags": ["ok", 5]}, "tags/1"),
        ({"progress": {"page": -1}}, "progress/page"),
        ({"owned": "yes"}, "owned"),
        ({"review": "x" * 10_001}, "review"),
        ({"added_on": "yesterday"}, "added_on"),
        ({"imported_from": [{}]}, "imported_from/0"),
        ({"book": {"title": "Emma", "isbn_13": "123"}}, "book/isbn_13"),
    ],
)
def test_values_that_cannot_be_used_are_reported(library: User, change: dict[str, Any], field: str) -> None:
    document = export(library)
    document["entries"][0] |= change

    job = read_file(make_user(), json.dumps(document).encode())

    assert [each["field"] for each in job.rows.get().problems] == [field]


@pytest.mark.django_db
@pytest.mark.parametrize("entry", [None, 5, [], {}, {"book": None}, {"book": {}}])
def test_entries_without_a_book_fail(ann: User, entry: Any) -> None:
    document = {"format": "colophon-library", "version": 1, "entries": [entry]}

    job = read_file(ann, json.dumps(document).encode())

    assert job.rows.get().outcome == "failed"
