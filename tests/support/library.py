"""Saves books to libraries through the API."""

from typing import Any

from rest_framework.test import APIClient

from tests.support.factories import make_book

PENGUIN_ISBN = "9780140447934"  # of an edition in the fake Open Library


def save_book(client: APIClient, **body: Any) -> Any:
    return client.post("/api/library", body)


def save_new_book(client: APIClient, **fields: Any) -> Any:
    """Saves a new catalogue book with these fields; returns the entry's JSON."""
    return save_book(client, book=make_book(**fields).pk).json()
