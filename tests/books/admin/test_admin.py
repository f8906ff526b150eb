"""The admin pages, as a member of staff opens them."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from books.models import Book, PriceObservation
from scraping.runs import lifecycle as runs
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    book = make_book(
        title="Odes", authors=["Ann"], category=make_category("Poetry"), price=5, currency="GBP", upc="123",
        cover_url="http://shop.example/c.jpg",
    )  # fmt: skip
    for price in ("5.00", "7.50"):
        PriceObservation.objects.create(book=book, price=Decimal(price), currency="GBP", in_stock=True)
    runs.start(site="books_to_scrape", trigger="command")
    return book


def test_every_model_s_list_search_and_form_open(staff_client: APIClient, book: Book) -> None:
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert staff_client.get(reverse(f"{name}_changelist")).status_code == 200, name
        if model_admin.search_fields:
            assert staff_client.get(reverse(f"{name}_changelist"), {"q": "odes"}).status_code == 200, name
        row = model._default_manager.first()
        if row is not None:
            assert staff_client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, name


def test_the_book_list_shows_covers_and_finds_without_accents(staff_client: APIClient, book: Book) -> None:
    make_book(title="Élan", cover_url=None)

    page = staff_client.get("/admin/books/book/", {"q": "élan"}).content.decode()
    everything = staff_client.get("/admin/books/book/").content.decode()

    assert "Élan" in page
    assert "Odes" not in page
    assert '<img src="http://shop.example/c.jpg"' in everything


def test_the_book_list_costs_the_same_queries_whatever_its_length(staff_client: APIClient, book: Book) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff_client.get("/admin/books/book/")
        return len(captured)

    few = queries()
    for number in range(20):
        make_book(category=make_category(f"C{number}"))

    assert queries() == few


def test_a_book_s_page_draws_its_prices(staff_client: APIClient, book: Book) -> None:
    page = staff_client.get(f"/admin/books/book/{book.pk}/change/").content.decode()

    assert '<svg viewBox="0 0 480 120"' in page
    assert "7.50 GBP" in page


def test_history_is_read_only(staff_client: APIClient, book: Book) -> None:
    observation = book.observations.latest("pk")

    assert staff_client.get("/admin/books/priceobservation/add/").status_code == 403
    assert staff_client.post(f"/admin/books/priceobservation/{observation.pk}/change/", {}).status_code == 403
    assert staff_client.post(f"/admin/books/priceobservation/{observation.pk}/delete/", {}).status_code == 403
    assert staff_client.get("/admin/scraping/scraperun/add/").status_code == 403


def test_a_book_is_curated_by_hand(staff_client: APIClient) -> None:
    form = {"title": "By hand", "languages": "[]", "authorships-TOTAL_FORMS": "0", "authorships-INITIAL_FORMS": "0",
            "observations-TOTAL_FORMS": "0", "observations-INITIAL_FORMS": "0", "curated_fields-TOTAL_FORMS": "0",
            "curated_fields-INITIAL_FORMS": "0"}  # fmt: skip

    answer = staff_client.generic(
        "POST", "/admin/books/book/add/", "&".join(f"{k}={v}" for k, v in form.items()),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    book = Book.objects.get()
    assert (book.title, book.source, book.upc) == ("By hand", "manual", None)


def test_staff_only(member_client: APIClient) -> None:
    assert member_client.get("/admin/books/book/").status_code == 302
    assert Client().get("/admin").url == "/admin/"  # type: ignore[attr-defined]  # a redirect has one
