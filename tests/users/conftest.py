"""A person with a shelf, and a search of the world."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_user

Search = Callable[..., Any]


@pytest.fixture
def ann() -> APIClient:
    return signed_in(make_user(name="Ann", password=PASSWORD))


@pytest.fixture
def search(client: APIClient, open_library: OpenLibrary) -> Search:
    def ask(q: str, **query: Any) -> Any:
        answer = client.get("/api/search", {"q": q, **query})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask
