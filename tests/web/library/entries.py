"""Entries of libraries, and the form that changes several of them."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from tests.support.factories import make_book
from tests.web.pages import BROWSER, texts_of
from users.models import LibraryEntry, User


def add(owner: User | None, title: str, **fields: Any) -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.create(user=owner, book=make_book(title=title), **fields)
    return entry


def titles_of(page: BeautifulSoup) -> list[str]:
    return texts_of(page, "li h3")


def apply(client: Client, action: str, *entries: LibraryEntry, **fields: Any) -> Any:
    selected = [f"{entry.pk}-{entry.version}" for entry in entries]
    return client.post("/library/change", {"action": action, "entry": selected, **fields}, headers=BROWSER)


def statuses(owner: User | None) -> dict[str, str]:
    return dict(LibraryEntry.objects.owned_by(owner).values_list("book__title", "status"))


def tags_of(entry: LibraryEntry) -> list[str]:
    return [tag.name for tag in entry.tags.all()]


def add_editions(reader: User, number: int, key: str = "OL4W", **fields: Any) -> list[LibraryEntry]:
    books = [make_book(title="Odes", work_key=key, isbn_13=f"978000000000{index}") for index in range(number)]
    return [LibraryEntry.objects.create(user=reader, book=book, **fields) for book in books]
