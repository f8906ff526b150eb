"""An unpublished book in the library of a member, and clients of several roles."""

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Author, Book
from tests.support.clients import make_client
from tests.support.factories import make_book, make_category, make_curator, make_staff, make_user
from users.models import LibraryEntry, User

ISBN = "9780141182636"


@pytest.fixture(autouse=True)
def _closed(settings: Settings) -> None:
    settings.SHARED_SHELF = False


@pytest.fixture
def owner() -> User:
    return make_user(name="Ann")


@pytest.fixture
def book(owner: User) -> Book:
    make_book(title="Odes", authors=["Horace"], category=make_category("Diaries"))
    book = make_book(
        title="Zanzibar", authors=["Zelda Quill"], isbn_13=ISBN, category=make_category("Diaries"), is_published=False
    )
    Author.objects.filter(name="Zelda Quill").update(is_published=False)
    LibraryEntry.objects.create(user=owner, book=book)
    return book


@pytest.fixture
def clients(owner: User) -> dict[str, APIClient]:
    return {
        "anonymous": APIClient(),
        "other": make_client(make_user()),
        "staff": make_client(make_staff()),
        "owner": make_client(owner),
        "curator": make_client(make_curator()),
    }
