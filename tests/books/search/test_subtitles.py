"""Subtitles are stored, shown, and found by the search of titles."""

import pytest
from rest_framework.test import APIClient

from books.ingest import ingest
from books.models import Book
from books.records import BookRecord
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db
SUBTITLE = "A Field Guide to Northern Rivers"


def test_subtitles_of_sources_are_found(client: APIClient) -> None:
    ingest([BookRecord(source="open_library", source_key="OL1W", title="Currents", subtitle=SUBTITLE)])

    (book,) = client.get("/api/books/search?title=northern rivers").json()["results"]

    assert (book["title"], book["subtitle"]) == ("Currents", SUBTITLE)
    assert client.get("/api/books?title=guide").json()["count"] == 1
    assert client.get("/api/search?q=northern rivers").json()["results"][0]["subtitle"] == SUBTITLE


def test_changed_subtitle_changes_the_search_and_is_curated(staff_client: APIClient) -> None:
    book = make_book(title="Currents", source="open_library")

    assert staff_client.patch(f"/api/books/{book.pk}", {"subtitle": SUBTITLE}).json()["subtitle"] == SUBTITLE
    assert staff_client.get("/api/books?title=northern").json()["count"] == 1
    ingest([BookRecord(source=book.source, source_key=book.source_key, title="Currents", subtitle="Another")])
    assert Book.objects.get().subtitle == SUBTITLE


def test_changed_subtitle_of_the_source_is_found(client: APIClient) -> None:
    for subtitle in ("One", "Two", None):
        ingest([BookRecord(source="open_library", source_key="OL1W", title="Currents", subtitle=subtitle)])

    book = Book.objects.get()
    assert (book.subtitle, book.title_key) == (None, "currents")
    assert client.get("/api/books?title=two").json()["count"] == 0
