"""A signed-in browser of a member."""

from typing import Any

import pytest
from django.test import Client

from tests.support.clients import PASSWORD
from tests.support.factories import make_user
from tests.web.pages import parse, texts_of
from users.models import User


@pytest.fixture
def ann() -> User:
    return make_user(email="ann@example.org", name="Ann", age=30, password=PASSWORD)


@pytest.fixture
def browser(ann: User) -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    client.post("/sign-in", {"username": ann.email, "password": PASSWORD})
    return client


def errors_of(response: Any) -> str:
    assert response.status_code == 422
    return " ".join(texts_of(parse(response), ".errorlist"))
