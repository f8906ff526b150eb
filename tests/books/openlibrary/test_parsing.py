"""Open Library's documents as records: what is certain, and nothing else."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.openlibrary import parsing as normalise
from books.openlibrary.values import as_isbn_13, certain_year, clean, identifier
from books.records import AuthorRecord, BookRecord, RecordError
from tests.fakes.openlibrary.app import AUTHORS, DOCS, EDITIONS, WORKS
from tests.support.installation import ROOT

RECORDED = ROOT.parent / "shared" / "data" / "openlibrary"
PENGUIN = "9780140447934"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
KEYS = ["/works/OL1W", "/books/OL1M", "/authors/OL1A", "OL1W", "OL0W", "/works/", ""]
NAMES = [
    "key", "title", "author_name", "authors", "first_publish_year", "first_publish_date", "language", "languages",
    "works",
    "edition_count", "cover_i", "covers", "isbn", "isbn_10", "isbn_13", "editions", "description", "type", "location",
    "name", "alternate_names", "title_prefix",
]  # fmt: skip
DOCUMENTS = JSON | st.fixed_dictionaries(
    {"key": st.sampled_from(KEYS), "title": st.text(min_size=1)},
    optional={name: JSON | st.sampled_from(KEYS) for name in NAMES[2:]},
)


def every_reading_of(document: Any) -> None:
    """Each function on the document: a value or a RecordError comes out."""
    for read in (
        normalise.search_result,
        lambda value: normalise.search_result(value, asked_isbn=PENGUIN),
        lambda value: normalise.edition_result(value, PENGUIN, None),
        lambda value: normalise.work_record(value, {"OL1A": "Somebody"}),
        lambda value: normalise.edition_record(value, value, {"OL1A": "Somebody"}),
        lambda value: normalise.author_name(value, "A title"),
        normalise.author_keys,
        normalise.work_keys,
        normalise.redirect_target,
        normalise.document_title,
    ):
        with suppress(RecordError):
            read(document)


@given(DOCUMENTS)
def test_whatever_json_comes_a_record_or_a_refusal_comes_out(document: Any) -> None:
    every_reading_of(document)


def recorded() -> Iterator[Any]:
    for file in sorted(RECORDED.rglob("*.json")):
        yield json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(RECORDED.rglob("*.jsonl")):
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def inside(document: Any) -> Iterator[dict[str, Any]]:
    """The document and all that are nested in it."""
    if isinstance(document, dict):
        yield document
    for value in document.values() if isinstance(document, dict) else document if isinstance(document, list) else []:
        yield from inside(value)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not on this machine")
def test_every_recorded_reply() -> None:
    documents = [each for reply in recorded() for each in inside(reply)]
    works = [each for each in documents if str(each.get("key", "")).startswith("/works/") and "title" in each]
    editions = [each for each in documents if str(each.get("key", "")).startswith("/books/") and "title" in each]

    for document in documents:
        every_reading_of(document)
    assert all(normalise.search_result(work).title for work in works)
    assert len([normalise.edition_record(edition, {}, {}) for edition in editions]) > 60
    for record in (normalise.edition_record(edition, {}, {}) for edition in editions):
        source = next(e for e in editions if str(e["key"]).endswith(record.source_key))
        own = {as_isbn_13(text) for text in [*source.get("isbn_13", []), *source.get("isbn_10", [])]}
        assert record.isbn_13 is None or record.isbn_13 in own


def test_a_row_of_a_search() -> None:
    result = normalise.search_result(DOCS[0])

    assert result.work_key == "OL10W"
    assert result.authors == ("Leo Tolstoy",)  # one author who came in two scripts
    assert result.first_publish_year == 1869
    assert result.languages == ("eng", "rus")
    assert result.isbn_13 is None  # of many editions' none is the work's own
    assert result.cover_id == 77


def test_an_isbn_that_was_asked_for_is_the_row_s_own_where_the_row_lists_it() -> None:
    assert normalise.search_result(DOCS[0], asked_isbn=PENGUIN).isbn_13 == PENGUIN
    assert normalise.search_result(DOCS[1], asked_isbn=PENGUIN).isbn_13 is None


@pytest.mark.parametrize(
    ("isbn", "editions", "certain"),
    [
        (["0140447938", "9780140447934"], 1, PENGUIN),
        (["9780140447934"], 2, None),
        (["9780140447934"], None, None),
        (["9780140447935"], 1, None),
        (["9780140447934", "9780199232765"], 1, None),
        ("9780140447934", 1, None),
    ],
)
def test_an_isbn_is_taken_only_where_it_is_certain(isbn: Any, editions: int | None, certain: str | None) -> None:
    doc = {"key": "/works/OL1W", "title": "T", "isbn": isbn, "edition_count": editions}

    assert normalise.search_result(doc).isbn_13 == certain


def test_the_edition_within_a_row_is_shown_with_its_work_beside_it() -> None:
    edition = {"title": "Krieg und Frieden", "isbn": [PENGUIN], "language": ["ger"], "cover_i": 5}
    doc = {**DOCS[0], "editions": {"docs": [{"title": "Another", "isbn": ["9780199232765"]}, edition]}}

    result = normalise.search_result(doc, asked_isbn=PENGUIN)

    assert (result.title, result.languages, result.cover_id) == ("Krieg und Frieden", ("ger",), 5)
    assert (result.work_key, result.first_publish_year, result.isbn_13) == ("OL10W", 1869, PENGUIN)


def test_a_work() -> None:
    names = {"OL1A": "Leo Tolstoy"}

    assert normalise.work_record(WORKS["OL10W"], names) == BookRecord(
        source="open_library",
        source_key="OL10W",
        work_key="OL10W",
        title="War and Peace",
        authors=(AuthorRecord("OL1A", "Leo Tolstoy"),),
        description="A novel.\n\nLong.",
        cover_url="https://covers.openlibrary.org/b/id/77-L.jpg",
        first_publish_year=1869,
    )


def test_an_edition_says_what_is_its_own_and_its_work_the_rest() -> None:
    record = normalise.edition_record(EDITIONS["OL20M"], WORKS["OL10W"], {"OL1A": "Leo Tolstoy"})

    assert (record.source_key, record.work_key, record.isbn_13) == ("OL20M", "OL10W", PENGUIN)
    assert (record.title, record.languages) == ("War and Peace (Penguin)", ("eng",))
    assert (record.first_publish_year, record.description) == (1869, "A novel.\n\nLong.")
    assert [author.name for author in record.authors] == ["Leo Tolstoy"]


def test_an_edition_of_several_isbns_has_the_one_that_was_asked_for_or_none() -> None:
    edition = {"key": "/books/OL1M", "title": "T", "isbn_13": [PENGUIN, "9780199232765"]}

    assert normalise.edition_record(edition, {}, {}).isbn_13 is None
    assert normalise.edition_record(edition, {}, {}, asked_isbn=PENGUIN).isbn_13 == PENGUIN
    with pytest.raises(RecordError, match="does not have 9789129657531"):
        normalise.edition_record(edition, {}, {}, asked_isbn="9789129657531")


@pytest.mark.parametrize(
    ("title", "name"), [("War and Peace", "Leo Tolstoy"), ("Война и мир", "Лев Толстой"), ("戦争", "Лев Толстой")]
)
def test_an_author_s_name_is_in_the_script_of_the_work(title: str, name: str) -> None:
    assert normalise.author_name(AUTHORS["OL1A"], title) == name


def test_authors_are_named_in_each_of_the_shapes_that_occur_and_once() -> None:
    shapes = [
        {"author": {"key": "/authors/OL1A"}},
        {"key": "/authors/OL2A"},
        "/authors/OL3A",
        {"author": "/authors/OL1A"},
        None,
        7,
    ]

    assert normalise.author_keys({"authors": shapes}) == ("OL1A", "OL2A", "OL3A")


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ({"key": "/type/redirect"}, "/works/OL2W"),
        ("/type/redirect", "/works/OL2W"),
        ({"key": "/type/work"}, None),
        (None, None),
    ],
)
def test_a_redirect_is_told_by_its_type(kind: Any, target: str | None) -> None:
    assert normalise.redirect_target({"type": kind, "location": "/works/OL2W"}) == target


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1995", 1995), ("2018-01-18", 2018), ("2018-01", 2018), ("Jul 29, 2016", 2016), ("July 2016", 2016),
        ("29 July 2016", 2016), ("1st September 1901", 1901), ("19xx?", None), ("c1995", None), ("1994-95", None),
        ("1994-1995", None), ("[1995]", None), ("2018-13-01", None), ("9999", None), ("", None), (1995, None),
    ],
)  # fmt: skip
def test_a_year_is_read_only_where_it_is_certain(text: Any, year: int | None) -> None:
    assert certain_year(text) == year


def test_text_is_cleaned() -> None:
    assert clean({"type": "/type/text", "value": "a\r\nb\x00\ud800"}, "description") == "a\nb"
    assert clean("  A\r\n title\t ", "title") == "A title"
    assert clean(" \x01 ", "title") is None
    assert clean({"value": 7}, "title") is None
    assert len(clean("x" * 600, "title") or "") == 500


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("/works/OL1W", "OL1W"),
        ("OL1W", "OL1W"),
        ("/books/OL1M", None),
        ("OL0W", None),
        ("/works/OL1W/../x", None),
        (None, None),
    ],
)
def test_identifiers(value: Any, key: str | None) -> None:
    assert identifier(value, "W") == key
