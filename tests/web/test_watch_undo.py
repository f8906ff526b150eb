"""Watches that a reader deletes and restores on the page of all watches."""

import pytest
from django.test import Client

from books.models import Book
from tests.support.prices import ingest_price
from tests.support.watches import watch
from tests.web.pages import BROWSER, get_page
from users.models import Notification, PriceWatch, User, WatchRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    ingest_price("40.00", title="Odes")
    return Book.objects.get()


def send(client: Client, path: str) -> None:
    assert client.post(path, headers=BROWSER).status_code == 302


def test_a_deleted_watch_can_be_restored_and_tells_nothing_twice(owner_client: Client, owner: User, book: Book) -> None:
    stored = watch(book, amount="45.00", user=owner)
    created_at = PriceWatch.objects.get().created_at
    send(owner_client, f"/watches/{stored.pk}/remove")
    assert not PriceWatch.objects.exists()
    assert get_page("/watches", owner_client).select("form[action='/watches/undo']")

    send(owner_client, "/watches/undo")
    restored = PriceWatch.objects.get()
    assert (restored.pk, restored.created_at, restored.fired_price) == (stored.pk, created_at, stored.fired_price)
    assert Notification.objects.count() == 1
    assert not get_page("/watches", owner_client).select("form[action='/watches/undo']")


def test_a_watch_is_not_restored_beside_an_equal_one(owner_client: Client, owner: User, book: Book) -> None:
    stored = watch(book, WatchRule.LOWEST, user=owner)
    send(owner_client, f"/watches/{stored.pk}/remove")
    other = watch(book, WatchRule.LOWEST, user=owner)
    send(owner_client, "/watches/undo")

    assert list(PriceWatch.objects.all()) == [other]
