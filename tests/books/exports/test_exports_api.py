"""`/api/books/export` and `/api/prices/export`: formats, filters, and which rows are public."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from books.exports import rows
from books.exports.catalogue import EXPORTS, INTERRUPTED
from books.models import Book, LastCheck, PriceObservation
from tests.support.exports import read_export, read_text
from tests.support.factories import make_book, make_category, make_staff
from tests.support.prices import ingest_price

pytestmark = pytest.mark.django_db
PATHS = ["/api/books/export", "/api/prices/export"]


def observe(book: Book, price: str, day: int) -> PriceObservation:
    moment = datetime(2026, 5, day, 6, tzinfo=UTC)
    values = {"price": price, "currency": "GBP", "availability": "in_stock"}
    return PriceObservation.objects.create(book=book, observed_at=moment, **values)


@pytest.fixture
def book() -> Book:
    fields: dict[str, Any] = {
        "title": "Odes", "authors": ["@Ann", "Bob"], "category": make_category("Poetry"), "price": "5.00",
        "currency": "GBP", "in_stock": True, "first_publish_year": -23, "source": "books_to_scrape",
        "source_key": "k1", "upc": "123", "isbn_13": "9780141182636", "description": "=1+1\n\u2028Ü",
        "languages": ["lat", "eng"], "missing_since": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    }  # fmt: skip
    book = make_book(**fields)
    LastCheck.objects.create(book=book, at="2026-02-03T04:05:06.000007Z")
    return book


def test_a_csv_row_has_the_fields_of_a_book(client: APIClient, book: Book) -> None:
    (row,) = read_export(client.get("/api/books/export?format=csv"))

    expected = {
        "id": str(book.pk), "title": "Odes", "subtitle": "", "authors": "'@Ann; Bob", "category": "Poetry",
        "source": "books_to_scrape", "source_key": "k1", "upc": "123", "isbn_13": "9780141182636", "work_key": "",
        "first_publish_year": "-23", "price": "5.00", "currency": "GBP", "price_status": "current",
        "in_stock": "true", "stock": "", "rating": "", "product_url": "", "cover_url": "", "is_published": "true",
        "missing_since": "2026-01-02T03:04:00Z", "last_checked_at": "2026-02-03T04:05:06.000007Z",
        "description": "'=1+1\n\u2028Ü", "languages": "lat; eng",
    }  # fmt: skip
    assert expected.items() <= row.items()


def test_a_drop_is_a_negative_number(client: APIClient) -> None:
    for price in ("10.00", "8.00"):
        ingest_price(price)

    (row,) = read_export(client.get("/api/books/export?format=csv"))

    assert row["change_percent"] == "-20.00"


def test_a_line_of_json_is_the_book_of_the_api(client: APIClient, book: Book) -> None:
    (line,) = read_export(client.get("/api/books/export?format=jsonl"))

    assert line == client.get(f"/api/books/{book.pk}").json()


def test_observations_have_the_identity_of_their_book(client: APIClient, book: Book) -> None:
    observe(book, "6.50", 3)

    (line,) = read_export(client.get("/api/prices/export?format=jsonl"))
    (row,) = read_export(client.get("/api/prices/export?format=csv"))

    assert line == {
        "book": book.pk, "title": "Odes", "source": "books_to_scrape", "source_key": "k1", "isbn_13": "9780141182636",
        "upc": "123", "category": "Poetry", "price": "6.50", "currency": "GBP", "in_stock": True,
        "availability": "in_stock", "stock": None, "observed_at": "2026-05-03T06:00:00Z",
    }  # fmt: skip
    assert list(row) == list(line)
    assert row["observed_at"] == "2026-05-03T06:00:00Z"


@pytest.mark.parametrize(
    ("query", "prices"),
    [
        ("", ["10.00", "9.00", "8.00", "1.00"]),
        ("since=2026-05-03", ["8.00", "1.00"]),
        ("since=2026-05-03T06:00:00Z", ["8.00", "1.00"]),
        ("since=2026-05-03T08:00:01%2B02:00", ["1.00"]),
        ("until=2026-05-03", ["10.00", "9.00"]),
        ("since=2026-05-02&until=2026-05-03T06:00:00", ["9.00"]),
        ("category=POETRY", ["10.00", "9.00", "8.00"]),
        ("source=manual", ["1.00"]),
        ("book={pk}", ["10.00", "9.00", "8.00"]),
        ("book={pk}&since=2026-05-02&until=2026-05-03", ["9.00"]),
    ],
)
def test_filters_of_observations(client: APIClient, book: Book, query: str, prices: list[str]) -> None:
    for day, price in enumerate(["10.00", "9.00", "8.00"], start=1):
        observe(book, price, day)
    observe(make_book(title="Other"), "1.00", 4)

    rows = read_export(client.get(f"/api/prices/export?{query.format(pk=book.pk)}"))

    assert [row["price"] for row in rows] == prices


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-13-01", "2026-05-01T25:00", "0001-01-01T00:00:00%2B14:00", "2026"]
)
@pytest.mark.parametrize("name", ["since", "until"])
def test_invalid_times_are_rejected(client: APIClient, name: str, value: str) -> None:
    response = client.get(f"/api/prices/export?{name}={value}")

    assert response.status_code == 422
    assert "2026-11-20T06:00:00Z" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("category=Poetry", ["Odes", "Epodes"]),
        ("title=odes", ["Odes", "Epodes"]),
        ("ordering=-title", ["Satires", "Odes", "Epodes"]),
        ("min_price=6", ["Epodes"]),
        ("max_price=20&ordering=price", ["Odes", "Epodes"]),
        ("rating=5", []),
        ("cheapest_per=category", ["Odes"]),
        ("cheapest_per=category&min_price=6", ["Epodes"]),
    ],
)
def test_filters_of_books(client: APIClient, book: Book, query: str, titles: list[str]) -> None:
    make_book(title="Epodes", category=book.category, price="7.00", currency="GBP")
    make_book(title="Satires")

    assert [row["title"] for row in read_export(client.get(f"/api/books/export?{query}"))] == titles


@pytest.mark.parametrize(
    "query", ["format=xml", "max_prise=3", "page=1", "bom=yes", "bom=true&format=jsonl", "rating=x"]
)
def test_invalid_parameters_are_rejected(client: APIClient, query: str) -> None:
    response = client.get(f"/api/books/export?{query}")

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", PATHS)
def test_unpublished_books_are_not_exported(path: str, book: Book) -> None:
    hidden = make_book(title="Hidden", is_published=False)
    observe(book, "1.00", 1)
    observe(hidden, "2.00", 1)
    client = APIClient()
    client.force_login(make_staff("books.view_book"))

    for each in (APIClient(), client):
        assert [row["title"] for row in read_export(each.get(path))] == ["Odes"]
        assert read_export(each.get(f"/api/prices/export?book={hidden.pk}")) == []


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [("*/*", "text/csv"), ("text/csv", "text/csv"), ("application/jsonl", "application/jsonl"),
     ("text/html,*/*;q=0.8", "text/csv")],
)  # fmt: skip
def test_the_accept_header_chooses_the_format(client: APIClient, accept: str, content_type: str) -> None:
    response = client.get("/api/books/export", headers={"Accept": accept})

    assert response["Content-Type"] == f"{content_type}; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="colophon-books-')


@pytest.mark.usefixtures("book")
def test_a_byte_order_mark_is_optional(client: APIClient) -> None:
    assert read_text(client.get("/api/books/export")).startswith("id,")
    assert read_text(client.get("/api/books/export?bom=false")).startswith("id,")
    assert read_text(client.get("/api/books/export?bom=true")).startswith("\ufeffid,")


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("coding", "is_compressed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("gzip; q=0.000", False),
     ("br", False), ("xgzip", False)],
)  # fmt: skip
def test_files_are_compressed_if_the_client_accepts_it(client: APIClient, coding: str, is_compressed: bool) -> None:
    plain = read_text(client.get("/api/books/export"))

    response: Any = client.get("/api/books/export", headers={"Accept-Encoding": coding})

    assert (response.get("Content-Encoding") == "gzip") is is_compressed
    content = b"".join(response.streaming_content)
    assert (gzip.decompress(content) if is_compressed else content).decode() == plain
    assert "Accept-Encoding" in response["Vary"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5])
def test_all_batches_are_exported(client: APIClient, monkeypatch: pytest.MonkeyPatch, path: str, number: int) -> None:
    monkeypatch.setattr(rows, "BATCH", 2)
    for index in range(number):
        observe(make_book(title=f"Odes {index}", rating=index % 2 + 1), "1.00", 1)

    titles = [row["title"] for row in read_export(client.get(path))]

    assert titles == [f"Odes {index}" for index in range(number)]
    assert len(read_export(client.get("/api/books/export?ordering=-rating,title"))) == number


def test_a_failure_before_the_first_row_is_an_error(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(queryset: Any) -> Iterator[Any]:
        raise OperationalError("The server closed the connection.")
        yield

    monkeypatch.setitem(vars(EXPORTS["books"]), "read", fail)

    assert client.get("/api/books/export").status_code == 503


@pytest.mark.usefixtures("book")
def test_a_failure_after_the_first_row_is_the_last_row(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    read = EXPORTS["books"].read

    def read_once(queryset: Any) -> Iterator[Any]:
        yield next(read(queryset))
        raise OperationalError("The server closed the connection.")

    monkeypatch.setitem(vars(EXPORTS["books"]), "read", read_once)

    assert [row["id"] for row in read_export(client.get("/api/books/export?format=csv"))][1:] == [INTERRUPTED]
    last = read_export(client.get("/api/books/export?format=jsonl"))[-1]
    assert (last["id"], last["title"]) == (INTERRUPTED, None)
