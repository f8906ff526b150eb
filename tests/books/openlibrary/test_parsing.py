"""Conversion of Open Library's documents to records."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.isbn import parse_isbn
from books.openlibrary import parsing, search_results
from books.records import AuthorRecord, BookRecord, RecordError
from tests.fakes.openlibrary.app import AUTHORS, DOCS, EDITIONS, WORKS
from tests.support.installation import ROOT
from tests.support.library import PENGUIN_ISBN

RECORDED = ROOT.parent / "shared" / "data" / "openlibrary"  # responses of the real service, if available
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
KEYS = ["/works/OL1W", "/books/OL1M", "/authors/OL1A", "OL1W", "OL0W", "/works/", ""]
OPTIONAL_MEMBERS = [
    "author_name", "authors", "first_publish_year", "first_publish_date", "language", "languages", "works",
    "edition_count", "cover_i", "covers", "isbn", "isbn_10", "isbn_13", "editions", "description", "type", "location",
    "name", "alternate_names", "title_prefix",
]  # fmt: skip
NAMED = (AuthorRecord("OL1A", "A Name"),)
DOCUMENTS = JSON | st.fixed_dictionaries(
    {"key": st.sampled_from(KEYS), "title": st.text(min_size=1)},
    optional={name: JSON | st.sampled_from(KEYS) for name in OPTIONAL_MEMBERS},
)


def parse_in_all_ways(document: Any) -> None:
    """Calls every parser with the document. Each must return a value or raise RecordError."""
    for parse in (
        search_results.search_result,
        lambda value: search_results.search_result(value, requested_isbn=PENGUIN_ISBN),
        lambda value: search_results.edition_result(value, None, isbn_13=PENGUIN_ISBN),
        lambda value: parsing.work_record(value, "OL1W", NAMED),
        lambda value: parsing.edition_record(value, value, "OL1W", NAMED),
        lambda value: parsing.author_name(value, "A title"),
        parsing.author_keys,
        parsing.work_keys,
        parsing.redirect_target,
        parsing.document_title,
    ):
        with suppress(RecordError):
            parse(document)


@given(DOCUMENTS)
def test_any_json_is_parsed_or_rejected(document: Any) -> None:
    parse_in_all_ways(document)


def load_recorded_responses() -> Iterator[Any]:
    for file in sorted(RECORDED.rglob("*.json")):
        yield json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(RECORDED.rglob("*.jsonl")):
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def list_objects(document: Any) -> Iterator[dict[str, Any]]:
    """The document and all objects inside it."""
    if isinstance(document, dict):
        yield document
    for value in document.values() if isinstance(document, dict) else document if isinstance(document, list) else []:
        yield from list_objects(value)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded responses are not available")
def test_recorded_responses() -> None:
    documents = [each for response in load_recorded_responses() for each in list_objects(response)]
    titled = [each for each in documents if "title" in each]
    works = [each for each in titled if str(each.get("key", "")).startswith("/works/")]
    editions = {each["key"]: each for each in titled if str(each.get("key", "")).startswith("/books/")}

    for document in documents:
        parse_in_all_ways(document)
    assert all(search_results.search_result(work).title for work in works)
    assert len(editions) > 60
    for edition in editions.values():
        isbn_13 = parsing.edition_record(edition, {}, None, ()).isbn_13
        stated = {parse_isbn(text) for text in [*edition.get("isbn_13", []), *edition.get("isbn_10", [])]}
        assert isbn_13 is None or isbn_13 in stated


def test_search_results() -> None:
    result = search_results.search_result(DOCS[0])

    assert result.work_key == "OL10W"
    assert result.authors == ("Leo Tolstoy",)  # one author, listed with names in two scripts
    assert result.author_keys == ("OL1A",)
    assert result.first_publish_year == 1869
    assert result.languages == ("eng", "rus")
    assert result.isbn_13 is None  # the work has several editions
    assert result.cover_id == 77


def test_a_requested_isbn_belongs_to_an_edition_that_lists_it() -> None:
    """The work lists the ISBNs of all of its editions."""
    assert search_results.search_result(DOCS[0], requested_isbn=PENGUIN_ISBN).isbn_13 is None


@pytest.mark.parametrize(
    ("doc", "authors", "keys"),
    [
        (
            {"author_name": ["Ada Finch", "佐藤光"], "author_key": ["OL1A", "OL2A"]},
            ("Ada Finch", "佐藤光"), ("OL1A", "OL2A"),
        ),
        ({"author_name": ["Aoi Morita", "Morita, A."], "author_key": ["OL1A", "OL1A"]}, ("Morita, A.",), ("OL1A",)),
        ({"author_name": ["Лев Марин", "Leo Marin"], "author_key": ["OL1A"]}, ("Leo Marin",), ("OL1A",)),
        ({"author_name": ["Leo Marin", "Лев Марин"]}, ("Leo Marin",), ()),
        ({"author_name": ["A", "B"], "author_key": ["OL1A", "OL2A", "OL3A"]}, ("A", "B"), ()),
        ({"author_key": ["OL1A"]}, (), ()),
    ],
)  # fmt: skip
def test_names_of_authors_with_their_keys(doc: dict[str, Any], authors: Any, keys: Any) -> None:
    result = search_results.search_result({"title": "A title", **doc})

    assert (result.authors, result.author_keys) == (authors, keys)


def test_names_in_kanji_belong_to_a_title_in_kana() -> None:
    doc = {"title": "ノルドの森", "author_name": ["Aoi Morita", "森田葵"]}

    assert search_results.search_result(doc).authors == ("森田葵",)
    author = {"name": "Aoi Morita", "alternate_names": ["森田葵"]}
    assert parsing.author_name(author, "ノルドの森") == "森田葵"


@pytest.mark.parametrize(
    ("isbns", "edition_count", "expected"),
    [
        (["0140447938", "9780140447934"], 1, PENGUIN_ISBN),
        (["9780140447934"], 2, None),
        (["9780140447934"], None, None),
        (["9780140447935"], 1, None),
        (["9780140447934", "9780199232765"], 1, None),
        ("9780140447934", 1, None),
    ],
)
def test_an_isbn_must_be_the_only_one_of_the_only_edition(
    isbns: Any, edition_count: int | None, expected: str | None
) -> None:
    doc = {"key": "/works/OL1W", "title": "T", "isbn": isbns, "edition_count": edition_count}

    assert search_results.search_result(doc).isbn_13 == expected


def test_a_nested_edition_is_completed_by_its_work() -> None:
    edition = {"title": "Krieg und Frieden", "isbn": [PENGUIN_ISBN], "language": ["ger"], "cover_i": 5}
    doc = {**DOCS[0], "editions": {"docs": [{"title": "Another", "isbn": ["9780199232765"]}, edition]}}

    result = search_results.search_result(doc, requested_isbn=PENGUIN_ISBN)

    assert (result.title, result.languages, result.cover_id) == ("Krieg und Frieden", ("ger",), 5)
    assert (result.work_key, result.first_publish_year, result.isbn_13) == ("OL10W", 1869, PENGUIN_ISBN)


def test_works() -> None:
    authors = (AuthorRecord("OL1A", "Leo Tolstoy"),)

    assert parsing.work_record(WORKS["OL10W"], "OL10W", authors) == BookRecord(
        source="open_library",
        source_key="OL10W",
        work_key="OL10W",
        title="War and Peace",
        authors=authors,
        description="A novel.\n\nLong.",
        cover_url="https://covers.openlibrary.org/b/id/77-L.jpg",
        first_publish_year=1869,
    )


def test_editions_are_completed_by_their_works() -> None:
    record = parsing.edition_record(EDITIONS["OL20M"], WORKS["OL10W"], "OL10W", NAMED)

    assert (record.source_key, record.work_key, record.isbn_13) == ("OL20M", "OL10W", PENGUIN_ISBN)
    assert (record.title, record.languages) == ("War and Peace (Penguin)", ("eng",))
    assert (record.first_publish_year, record.description) == (1869, "A novel.\n\nLong.")
    assert [author.name for author in record.authors] == ["A Name"]


def test_an_edition_with_several_isbns_has_only_the_requested_one() -> None:
    edition = {"key": "/books/OL1M", "title": "T", "isbn_13": [PENGUIN_ISBN, "9780199232765"]}

    assert parsing.edition_record(edition, {}, None, ()).isbn_13 is None
    assert parsing.edition_record(edition, {}, None, (), requested_isbn=PENGUIN_ISBN).isbn_13 == PENGUIN_ISBN
    with pytest.raises(RecordError, match="does not have 9789129657531"):
        parsing.edition_record(edition, {}, None, (), requested_isbn="9789129657531")


@pytest.mark.parametrize(
    ("title", "name"), [("War and Peace", "Leo Tolstoy"), ("Война и мир", "Лев Толстой"), ("戦争", "Лев Толстой")]
)
def test_author_names_are_in_the_script_of_the_title(title: str, name: str) -> None:
    assert parsing.author_name(AUTHORS["OL1A"], title) == name


def test_author_keys_are_read_in_all_shapes_without_duplicates() -> None:
    authors = [
        {"author": {"key": "/authors/OL1A"}},
        {"key": "/authors/OL2A"},
        "/authors/OL3A",
        {"author": "/authors/OL1A"},
        None,
        7,
    ]

    assert parsing.author_keys({"authors": authors}) == ("OL1A", "OL2A", "OL3A")


@pytest.mark.parametrize(
    ("document_type", "target"),
    [
        ({"key": "/type/redirect"}, "/works/OL2W"),
        ("/type/redirect", "/works/OL2W"),
        ({"key": "/type/work"}, None),
        (None, None),
    ],
)
def test_redirects_are_recognised_by_their_type(document_type: Any, target: str | None) -> None:
    assert parsing.redirect_target({"type": document_type, "location": "/works/OL2W"}) == target
