"""An account with a client, a search in the fake Open Library, and a mail server to which the settings send."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.fakes.mail.server import MailServer, receiving_mail
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.clients import PASSWORD, make_client
from tests.support.factories import make_user
from users.models import User

Search = Callable[..., Any]


@pytest.fixture
def ann(db: None) -> User:
    return make_user(email="ann@example.org", name="Ann", age=30, password=PASSWORD)


@pytest.fixture
def ann_client(ann: User) -> APIClient:
    return make_client(ann)


@pytest.fixture
def search(client: APIClient, open_library: OpenLibrary) -> Search:
    """Searches as an anonymous client; returns the body of the response."""

    def run(q: str, **query: Any) -> Any:
        response = client.get("/api/search", {"q": q, **query})
        assert response.status_code == 200, response.content
        return response.json()

    return run


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with receiving_mail() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        yield server
