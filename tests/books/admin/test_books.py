"""Books in the admin: the list, the form with curated fields, the price chart and the history."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html
from rest_framework.test import APIClient

from books.ingest import ingest
from books.models import Book, CuratedField, PriceObservation
from books.records import WORK_KEY_RULE
from tests.support.book_form import get_page, load_form, save_form
from tests.support.factories import make_book, make_category, make_record, make_user
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


def test_the_list_shows_covers(staff_client: APIClient) -> None:
    book = make_book(cover_url="http://shop.example/c.jpg")
    make_book(cover_url=None)

    page = get_page(staff_client, "")

    assert page.count('height="48"') == 1
    assert f'<img src="/covers/{book.pk}/120" alt="" height="48"' in page
    assert "shop.example" not in page  # the browsers of staff send no requests to the sources


def test_the_form_rejects_a_work_key_that_is_none(staff_client: APIClient) -> None:
    book = make_book()
    form = load_form(staff_client, book, work_key="Dune")

    page = staff_client.post(f"/admin/books/book/{book.pk}/change/", form, format="multipart")

    assert page.context["adminform"].form.errors == {"work_key": [WORK_KEY_RULE]}
    save_form(staff_client, book, work_key="OL45804W")
    book.refresh_from_db()
    assert book.work_key == "OL45804W"


def test_the_search_ignores_accents(staff_client: APIClient) -> None:
    make_book(title="Élan")
    make_book(title="Odes")

    page = get_page(staff_client, "", q="ÉLAN")

    assert "Élan" in page
    assert "Odes" not in page


def test_the_list_needs_a_fixed_number_of_queries(staff_client: APIClient) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            get_page(staff_client, "")
        return len(queries)

    make_book(category=make_category(), authors=["Ann"])
    before = count_queries()
    for number in range(20):
        make_book(category=make_category(f"C{number}"), authors=["Ann"])

    assert count_queries() == before


def test_the_page_of_a_book_contains_its_price_chart(staff_client: APIClient) -> None:
    book = make_book(price="7.50", currency="GBP")
    for price in ("5.00", "7.50"):
        PriceObservation.objects.create(book=book, price=Decimal(price), currency="GBP", availability="in_stock")

    page = get_page(staff_client, f"{book.pk}/change/")

    assert '<svg class="chart-wide" viewBox="0 0 720 260"' in page
    assert ">£7.50</text>" in page


def test_books_can_be_entered_by_hand(staff_client: APIClient) -> None:
    form = {"title": "By hand", "availability": "preorder", "languages": ""}
    for inline in ("authorships", "observations", "curated_fields"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}

    response = staff_client.post("/admin/books/book/add/", form, format="multipart")

    assert response.status_code == 302, response.content.decode()
    book = Book.objects.get()
    assert (book.title, book.source, book.upc, book.availability) == ("By hand", "manual", None, "preorder")
    assert book.source_key


def test_the_form_shows_and_releases_curated_fields(staff_client: APIClient) -> None:
    record = {"source_key": "upc-1", "category": "Travel"}
    ingest([make_record(title="Source title", **record)])
    book = Book.objects.get()
    save_form(staff_client, book, title="Our title")
    ingest([make_record(title="New source title", **record)])

    page = get_page(staff_client, f"{book.pk}/change/")

    assert "New source title" in page
    assert "staff@example.org" in page
    assert [curated.field for curated in CuratedField.objects.all()] == ["title"]
    save_form(staff_client, book, **{"curated_fields-0-DELETE": "on"})
    assert not CuratedField.objects.exists()
    ingest([make_record(title="New source title", **record)])
    book.refresh_from_db()
    assert book.title == "New source title"


def test_a_form_does_not_reset_what_a_crawl_has_changed_meanwhile(staff_client: APIClient) -> None:
    ingest([make_record(source_key="upc-1", stock=3)])
    book = Book.objects.get()
    form = load_form(staff_client, book, title="Our title", rating="")
    ingest([make_record(source_key="upc-1", stock=2)])

    assert staff_client.post(f"/admin/books/book/{book.pk}/change/", form, format="multipart").status_code == 302

    book.refresh_from_db()
    assert (book.title, book.rating, book.stock) == ("Our title", None, 2)
    assert {curated.field for curated in CuratedField.objects.all()} == {"title", "rating"}
    assert book.history.latest().stock == 2


def test_saving_an_unchanged_page_changes_nothing(staff_client: APIClient) -> None:
    ingest([make_record(source_key="upc-1", description="First line\nsecond line", languages=("eng",))])
    book, path = Book.objects.values().get(), f"/admin/books/book/{Book.objects.get().pk}/change/"
    page = html.fromstring(staff_client.get(path).content)

    form = {name: value.replace("\n", "\r\n") for name, value in page.get_element_by_id("book_form").form_values()}
    assert staff_client.post(path, form, format="multipart").status_code == 302

    assert Book.objects.values().get() == {**book, "updated_at": Book.objects.get().updated_at}
    assert not CuratedField.objects.exists()


def test_line_ends_of_browsers_do_not_curate_a_description(staff_client: APIClient) -> None:
    record = {"source_key": "upc-1", "description": "First line\nsecond line"}
    ingest([make_record(**record)])

    save_form(staff_client, Book.objects.get(), title="Our title", description="First line\r\nsecond line")

    assert [curated.field for curated in CuratedField.objects.all()] == ["title"]
    assert Book.objects.get().description == record["description"]


def test_the_history_page_describes_changes(staff_client: APIClient) -> None:
    book = make_book(title="Source title", source="books_to_scrape")
    save_form(staff_client, book, title="Our title")

    page = get_page(staff_client, f"{book.pk}/history/")

    assert "staff@example.org" in page
    assert "title: Source title → Our title" in page


def test_each_currency_has_its_own_chart(staff_client: APIClient) -> None:
    book = make_book(price="9.00", currency="USD")
    for price, currency in (("5.00", "GBP"), ("7.50", "GBP"), ("8.00", "EUR")):
        PriceObservation.objects.create(book=book, price=Decimal(price), currency=currency, availability="in_stock")

    page = get_page(staff_client, f"{book.pk}/change/")

    texts = " ".join(re.findall(r">([^<]+)</text>", page))
    assert all(price in texts for price in ("highest £7.50", "lowest £5.00", "€8.00"))
    assert "$" not in texts
    assert page.count('class="price-chart"') == 2


def test_the_page_of_a_book_counts_the_libraries_that_contain_it(staff_client: APIClient) -> None:
    book = make_book()
    for _ in range(2):
        LibraryEntry.objects.create(user=make_user(), book=book)

    page = html.fromstring(get_page(staff_client, f"{book.pk}/change/"))

    assert page.find_class("field-libraries")[0].find_class("readonly")[0].text == "2"


def test_the_history_says_what_it_contains(staff_client: APIClient) -> None:
    ingest([make_record()])
    book = Book.objects.get()

    assert "No person has changed this book." in get_page(staff_client, f"{book.pk}/history/")

    save_form(staff_client, book, title="Our title")
    page = get_page(staff_client, f"{book.pk}/history/")
    assert "These are the changes that people made, the latest first." in page
    assert "object" not in html.fromstring(page).get_element_by_id("content-main").text_content().replace("Object", "")
