"""A reader with a session, while the shared library is off."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.factories import make_user
from users.models import User


@pytest.fixture(autouse=True)
def _closed(settings: Settings) -> None:
    settings.SHARED_SHELF = False


@pytest.fixture
def reader() -> User:
    return make_user(name="Ann")


@pytest.fixture
def client(reader: User) -> Client:
    browser = Client()
    browser.force_login(reader)
    return browser
