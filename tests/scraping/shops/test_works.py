"""Descriptions and covers of shops: kept and shown only if the shop's row permits it."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from books.models import Book, Cover, CuratedField, Source
from scraping.models import Shop, ShopPage
from scraping.shops import states
from scraping.shops.page_fetching import open_shop
from scraping.shops.reading import read_again
from scraping.shops.registration import save_shop
from scraping.shops.tracking import track
from scraping.shops.works import apply_options
from tests.support.factories import make_user
from tests.support.shops import OpenShop

HTML = "<p>A storm &amp; a light.</p><p>Told in <b>two</b> voices.</p>"
TEXT = "A storm & a light.\n\nTold in two voices."
IMAGE = "https://images.example/1.jpg"
pytestmark = pytest.mark.django_db


def permit(shop: OpenShop, **options: bool) -> None:
    row = Shop.objects.get(pk=shop.row.pk)
    kept_descriptions = row.keep_descriptions
    set_fields(row, options).save()
    apply_options(row, kept_descriptions=kept_descriptions)


def set_fields(row: Shop, change: dict[str, Any]) -> Shop:
    for name, value in change.items():
        setattr(row, name, value)
    return row


def read_first(shop: OpenShop) -> Book:
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], description=HTML, image=IMAGE)
    track(user_id=make_user().pk, url=shop.url(1))
    return Book.objects.get()


def read_next(book: Book) -> Book:
    page = ShopPage.objects.select_related("shop", "book").get(book=book)
    with open_shop(page.shop, max_wait=5) as fetcher:
        read_again(page, fetcher)
    return Book.objects.get(pk=book.pk)


def test_permitted_works_are_kept_as_plain_text_and_address(any_shop: OpenShop) -> None:
    permit(any_shop, keep_descriptions=True, show_covers=True)

    book = read_first(any_shop)

    assert (book.description, book.cover_url) == (TEXT, IMAGE)
    sources = ShopPage.objects.get().sources
    assert sources["description"] == sources["cover_url"] == sources["title"]


def test_without_permission_there_is_no_description_and_the_cover_is_only_a_link(
    any_shop: OpenShop, client: Client, settings: Settings
) -> None:
    settings.COVER_CACHE_MB = 10
    permit(any_shop, show_covers=False)

    book = read_first(any_shop)
    shown = client.get(f"/covers/{book.pk}/120")

    assert (book.description, book.cover_url) == (None, IMAGE)
    assert shown["Content-Type"] == "image/svg+xml"
    assert not Cover.objects.exists()
    assert client.get(f"/api/books/{book.pk}").json()["cover_url"] == IMAGE


def test_a_permitted_cover_is_fetched(shop: OpenShop, client: Client, settings: Settings) -> None:
    settings.COVER_CACHE_MB = 10
    permit(shop, show_covers=True)

    client.get(f"/covers/{read_first(shop).pk}/120")

    assert Cover.objects.get().url == IMAGE


def test_a_cover_that_a_person_chose_is_shown(shop: OpenShop, client: Client, settings: Settings) -> None:
    settings.COVER_CACHE_MB = 10
    permit(shop, show_covers=False)
    book = read_first(shop)
    CuratedField.objects.create(book=book, field="cover_url", source_value=None)

    client.get(f"/covers/{book.pk}/120")

    assert Cover.objects.get().url == IMAGE


def test_a_new_permission_applies_to_stored_books_at_the_next_reading(any_shop: OpenShop) -> None:
    book = read_first(any_shop)
    assert book.description is None

    permit(any_shop, keep_descriptions=True)

    assert read_next(book).description == TEXT
    assert any_shop.server.conditional["/book/1"] == 0


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ({}, {"show_covers": True}),
        ({"show_covers": True}, {"show_covers": False}),
        ({"keep_descriptions": True}, {"show_covers": True}),
        ({"keep_descriptions": True}, {"keep_descriptions": False}),
        ({}, {"delay": 0.2, "pages_per_night": 7, "page_pattern": "/book/*", "currency": "EUR"}),
    ],
)
def test_validators_of_pages_are_kept_when_no_description_is_missing(
    shop: OpenShop, before: dict[str, bool], change: dict[str, Any]
) -> None:
    permit(shop, **before)
    book = read_first(shop)
    etag = ShopPage.objects.get().etag
    row = Shop.objects.get(pk=shop.row.pk)

    save_shop(set_fields(row, {"delay": 0.1, **change}), label="Renamed")

    assert etag
    assert ShopPage.objects.get().etag == etag
    read_next(book)
    assert shop.server.conditional["/book/1"] == 1


def test_validators_of_pages_are_removed_only_where_the_description_is_missing(shop: OpenShop) -> None:
    described = read_first(shop)
    Book.objects.filter(pk=described.pk).update(description="Our words")
    track(user_id=make_user().pk, url=shop.url(2))
    permit(shop, keep_descriptions=True)

    validators = dict(ShopPage.objects.values_list("url", "etag"))

    assert validators[shop.url(1)]
    assert validators[shop.url(2)] is None


def test_descriptions_are_removed_with_the_permission_except_those_of_people(shop: OpenShop) -> None:
    permit(shop, keep_descriptions=True)
    book = read_first(shop)
    curated = Book.objects.create(title="Ours", source=shop.row.pk, source_key="ours", description="Our words")
    CuratedField.objects.create(book=curated, field="description", source_value="Their words")

    permit(shop, keep_descriptions=False)

    book.refresh_from_db()
    curated.refresh_from_db()
    assert (book.description, curated.description) == (None, "Our words")
    assert CuratedField.objects.get().source_value is None
    assert read_next(book).description is None


def test_waiting_products_lose_their_description_with_the_permission(shop: OpenShop) -> None:
    permit(shop, keep_descriptions=True)
    Shop.objects.filter(pk=shop.row.pk).update(state=Shop.State.NEW)
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], description=HTML)
    track(user_id=make_user().pk, url=shop.url(1))
    assert (ShopPage.objects.get().record or {})["description"] == TEXT

    permit(shop, keep_descriptions=False)
    assert "description" not in (ShopPage.objects.get().record or {})
    states.confirm(Shop.objects.get(pk=shop.row.pk))

    assert Book.objects.get().description is None


def test_hand_written_shops_show_what_their_module_reads() -> None:
    assert Source.objects.get(name="books_to_scrape").shows_covers
    row = Shop.objects.get(pk="books_to_scrape")
    Book.objects.create(title="Odes", source=row.pk, source_key="1", description="Stated")

    save_shop(row, label=row.source.label)

    assert Book.objects.get().description == "Stated"
    assert Source.objects.get(name="books_to_scrape").shows_covers
