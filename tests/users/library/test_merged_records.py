"""Saves of works, editions and authors that Open Library has merged, deleted or recorded only in part."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.models import Author, Book, ExternalService
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db
ISBN = "9780306406157"


@pytest.fixture(autouse=True)
def service(open_library: OpenLibrary) -> OpenLibrary:
    return open_library


def redirect(kind: str, key: str, target: str) -> dict[str, Any]:
    return {"key": f"/{kind}/{key}", "type": {"key": "/type/redirect"}, "location": f"/{kind}/{target}"}


def add_work(service: OpenLibrary, key: str, title: str, *authors: str, **members: Any) -> None:
    names = [{"author": {"key": f"/authors/{author}"}} for author in authors]
    service.documents[f"/works/{key}.json"] = {"key": f"/works/{key}", "title": title, "authors": names, **members}


def add_author(service: OpenLibrary, key: str, name: str) -> None:
    service.documents[f"/authors/{key}.json"] = {"key": f"/authors/{key}", "name": name}


def add_edition(service: OpenLibrary, isbn: str = ISBN, **members: Any) -> None:
    service.documents[f"/isbn/{isbn}.json"] = "/books/OL500M.json"
    service.documents["/books/OL500M.json"] = {"key": "/books/OL500M", "isbn_13": [isbn], **members}


def save(client: APIClient, **body: Any) -> Any:
    return client.post("/api/library", body)


@pytest.mark.parametrize(("hops", "status"), [(1, 201), (2, 201), (4, 201), (5, 422)])
def test_merged_works(member_client: APIClient, service: OpenLibrary, hops: int, status: int) -> None:
    for number in range(hops):
        path = f"/works/OL{600 + number}W.json"
        service.documents[path] = redirect("works", f"OL{600 + number}W", f"OL{601 + number}W")
    add_work(service, f"OL{600 + hops}W", "Marsh Harvest")

    response = save(member_client, work_key="OL600W")

    assert response.status_code == status
    keys = [(book.source_key, book.work_key) for book in Book.objects.all()]
    assert keys == ([(f"OL{600 + hops}W",) * 2] if status == 201 else [])


def test_merged_authors_are_one_author(member_client: APIClient, service: OpenLibrary) -> None:
    service.documents["/authors/OL700A.json"] = redirect("authors", "OL700A", "OL701A")
    add_author(service, "OL701A", "Nora Quill")
    add_work(service, "OL610W", "Salt Road", "OL700A", "OL701A")
    add_work(service, "OL611W", "Lantern Road", "OL701A")

    first, second = (save(member_client, work_key=key).json()["book"] for key in ("OL610W", "OL611W"))

    author = Author.objects.get()
    assert (author.name, author.source_key) == ("Nora Quill", "OL701A")
    assert first["authors"] == second["authors"] == [{"id": author.pk, "name": "Nora Quill"}]


def test_edition_of_a_merged_work_has_the_key_of_the_other(member_client: APIClient, service: OpenLibrary) -> None:
    service.documents["/works/OL620W.json"] = redirect("works", "OL620W", "OL621W")
    add_work(service, "OL621W", "Harbour of Glass")
    service.docs = [{"key": "/works/OL621W", "title": "Harbour of Glass"}]
    add_edition(service, title="Harbour of Glass", works=[{"key": "/works/OL620W"}])

    book = save(member_client, isbn=ISBN).json()["book"]
    (row,) = member_client.get("/api/search?q=harbour of glass").json()["results"]

    assert (book["work_key"], row["work_key"], row["saved"]) == ("OL621W", "OL621W", True)


def test_work_saved_before_its_merge_is_found(member_client: APIClient, service: OpenLibrary) -> None:
    saved = make_book(title="Marsh Harvest", source="open_library", source_key="OL630W", work_key="OL630W")
    other = make_book(title="Marsh Harvest", source="open_library", source_key="OL639W", work_key="OL639W")
    add_work(service, "OL639W", "Marsh Harvest")
    service.documents["/works/OL630W.json"] = redirect("works", "OL630W", "OL631W")
    add_work(service, "OL631W", "Marsh Harvest")

    books = [save(member_client, work_key="OL631W").json()["book"] for _ in range(2)]

    assert {book["id"] for book in books} == {saved.pk}
    assert {book["work_key"] for book in books} == {"OL631W"}
    assert Book.objects.get(pk=other.pk).work_key == "OL639W"


def test_saved_work_has_the_values_of_its_search_row(member_client: APIClient, service: OpenLibrary) -> None:
    authors = [f"OL{number}A" for number in range(100, 130)]
    add_work(service, "OL640W", "Mountain Door", *authors)
    service.docs = [{
        "key": "/works/OL640W", "title": "Mountain Door", "subtitle": "A Novel", "first_publish_year": 1937,
        "language": ["eng"], "cover_i": 9, "author_key": authors, "author_name": [f"Name {key}" for key in authors],
    }]  # fmt: skip

    book = save(member_client, work_key="OL640W").json()["book"]

    assert (book["subtitle"], book["first_publish_year"], "/9-L.jpg" in book["cover_url"]) == ("A Novel", 1937, True)
    assert Book.objects.get().languages == ["eng"]
    assert [author["name"] for author in book["authors"]] == [f"Name {key}" for key in authors]
    assert service.requests == {"/works/OL640W.json": 1, "/search.json": 1}


def test_row_that_the_search_showed_is_used_if_its_key_is_not_found(
    member_client: APIClient, service: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_work(service, "OL641W", "Mountain Door")
    service.docs = [{"key": "/works/OL641W", "title": "Mountain Door", "first_publish_year": 1937}]
    member_client.get("/api/search?q=mountain door")
    service.docs = []

    assert save(member_client, work_key="OL641W").json()["book"]["first_publish_year"] == 1937


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ({"key": "/works/OL650W", "title": "Old", "type": {"key": "/type/delete"}}, "the record was deleted"),
        ({"key": "/works/OL650W", "title": "Old", "type": "/type/edition"}, "is not of the type work"),
        ({"key": "/books/OL650M", "title": "Old"}, "is not an OL…W key"),
    ],
)
def test_other_records_are_not_works(
    member_client: APIClient, service: OpenLibrary, document: dict[str, Any], detail: str
) -> None:
    service.documents["/works/OL650W.json"] = document

    response = save(member_client, work_key="OL650W")

    assert response.status_code == 422
    assert detail in response.json()["errors"][0]["detail"]
    assert not Book.objects.exists()


def test_deleted_author_is_left_out(member_client: APIClient, service: OpenLibrary) -> None:
    add_work(service, "OL651W", "Genuine Title", "OL710A", "OL711A")
    add_author(service, "OL710A", "Kept Person")
    service.documents["/authors/OL711A.json"] = {
        "key": "/authors/OL711A", "name": "Delete duplicate", "type": {"key": "/type/delete"},
    }  # fmt: skip

    book = save(member_client, work_key="OL651W").json()["book"]

    assert [author["name"] for author in book["authors"]] == ["Kept Person"]


@pytest.mark.parametrize(
    ("members", "title", "authors", "work_key"),
    [
        ({"title": "Named", "authors": [{"name": "Lena Fox"}, {"name": "Lena Fox"}]}, "Named", ["Lena Fox"], None),
        ({"works": [{"key": "/works/OL660W"}]}, "Quiet Engines", [], "OL660W"),
        ({"title": "Half", "works": [{"key": "/works/OL9999W"}, {"key": "/works/OL660W"}]}, "Half", [], "OL660W"),
        ({"title": "Half", "works": [{"key": "/works/OL9999W"}]}, "Half", [], None),
    ],
)
def test_incomplete_editions(
    member_client: APIClient,
    service: OpenLibrary,
    members: dict[str, Any],
    title: str,
    authors: list[str],
    work_key: str | None,
) -> None:
    add_work(service, "OL660W", "Quiet Engines")
    add_edition(service, **members)

    book = save(member_client, isbn=ISBN).json()["book"]

    assert (book["title"], [author["name"] for author in book["authors"]]) == (title, authors)
    assert (book["work_key"], book["isbn_13"]) == (work_key, ISBN)


def test_unknown_isbn_that_redirects_to_a_page_is_no_outage(member_client: APIClient, service: OpenLibrary) -> None:
    service.documents["/search"] = b"<html><h1>No results</h1></html>"
    isbns = ["9780306406157", "9780140447934", "9780199232765", "9789129657531"]
    service.documents |= {f"/isbn/{isbn}.json": f"/search?q={isbn}" for isbn in isbns}

    responses = [save(member_client, isbn=isbn) for isbn in isbns]

    assert {response.status_code for response in responses} == {422}
    assert "has no such record" in responses[0].json()["errors"][0]["detail"]
    assert not ExternalService.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize(
    "text",
    [
        "OL670W", "ol670w", "/works/OL670W", "https://openlibrary.org/works/OL670W/Some_Title?edition=x",
        "openlibrary.org/works/OL670W.json", " http://www.openlibrary.org/works/OL670W ",
    ],
)  # fmt: skip
def test_pasted_addresses_and_keys_of_works(member_client: APIClient, service: OpenLibrary, text: str) -> None:
    add_work(service, "OL670W", "Pasted")

    (row,) = member_client.get("/api/search", {"q": text}).json()["results"]
    response = save(member_client, work_key=text)

    assert (row["work_key"], row["title"]) == ("OL670W", "Pasted")
    assert (response.status_code, response.json()["book"]["source_key"]) == (201, "OL670W")


def test_editions_without_an_isbn_are_saved_by_their_key(member_client: APIClient, service: OpenLibrary) -> None:
    service.documents["/books/OL680M.json"] = {"key": "/books/OL680M", "title": "Before ISBNs"}

    responses = [save(member_client, work_key=text) for text in ("OL680M", "https://openlibrary.org/books/OL680M/x")]

    assert [response.status_code for response in responses] == [201, 200]
    assert Book.objects.get().source_key == "OL680M"
    assert member_client.get("/api/search?q=ol680m").json()["results"][0]["book"] == Book.objects.get().pk
