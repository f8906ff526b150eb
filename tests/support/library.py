"""Ways onto a shelf, for the tests."""

from typing import Any

from rest_framework.test import APIClient

from tests.support.factories import make_book

PENGUIN = "9780140447934"


def save(client: APIClient, **body: Any) -> Any:
    return client.post("/api/library", body)


def entry_of(client: APIClient, **fields: Any) -> Any:
    return save(client, book=make_book(**fields).pk).json()
