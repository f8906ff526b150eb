"""Lists of books: the pages of authors and categories, and the list layout."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.models import Author, Authorship, Book, PriceObservation
from tests.support.factories import make_book, make_category, make_staff
from tests.web.pages import get_page, text_of, texts_of

pytestmark = pytest.mark.django_db


def get_author(book: Book) -> Author:
    author: Author = book.authors.get()
    return author


def test_author_page_lists_the_books_of_the_author() -> None:
    author = get_author(make_book(title="Odes", authors=["Horace"]))
    Authorship.objects.create(book=make_book(title="Epodes"), author=author)
    make_book(title="Aeneid", authors=["Virgil"])

    page = get_page(f"/author/{author.pk}/horace")

    assert text_of(page, "h1") == "Horace"
    assert text_of(page, "title") == "Horace – Colophon"
    assert texts_of(page, ".card h3") == ["Epodes", "Odes"]
    assert "2 books" in text_of(page, ".sort")
    assert not page.select("a[href*='openlibrary.org']")


def test_author_page_shows_what_is_known_of_the_author() -> None:
    author = get_author(make_book(authors=["Fyodor Dostoevsky"]))
    Author.objects.update(source="open_library", source_key="OL22242A")
    Authorship.objects.update(name="Фёдор Достоевский")

    page = get_page(f"/author/{author.pk}")

    assert "Also Фёдор Достоевский" in page.get_text()
    assert page.select("a[href='https://openlibrary.org/authors/OL22242A']")


def test_a_cursor_of_the_api_has_no_effect() -> None:
    category = make_category("Travel")
    author = get_author(make_book(title="Odes", authors=["Horace"], category=category))

    for path in (f"/author/{author.pk}", f"/category/{category.pk}", "/catalogue"):
        assert texts_of(get_page(f"{path}?cursor="), ".card h3") == ["Odes"]


def test_category_page_sorts_and_pages() -> None:
    category = make_category("Travel")
    for number in range(30):
        make_book(title=f"Odes {number:02}", category=category, first_publish_year=number)

    first = get_page(f"/category/{category.pk}/travel?ordering=-created_at")

    assert texts_of(first, ".card h3")[0] == "Odes 29"
    (following,) = first.select("a[rel=next]")
    second = get_page(f"/category/{category.pk}/travel{following['href']}")
    assert texts_of(second, ".card h3") == [f"Odes {number:02}" for number in range(5, -1, -1)]
    assert get_page(f"/category/{category.pk}?page=3", status=404)
    assert get_page(f"/category/{category.pk}?ordering=mood", status=422)


def test_pages_without_books_do_not_exist() -> None:
    author = Author.objects.create(name="Homer")

    for path in (f"/author/{author.pk}", f"/category/{make_category().pk}", "/author/999999", "/category/999999"):
        assert text_of(get_page(path, status=404), ".code") == "404"


def test_book_page_and_list_link_to_the_author_and_the_category() -> None:
    category = make_category("Poems")
    book = make_book(title="Odes", authors=["Horace"], category=category)
    client = Client()
    client.get("/catalogue/as/list")

    for page in (get_page(f"/book/{book.pk}"), get_page("/catalogue", client)):
        assert page.select(f"a[href='/author/{get_author(book).pk}/horace']")
        assert page.select(f"a[href='/category/{category.pk}/poems']")


def test_number_of_queries_does_not_depend_on_the_number_of_books() -> None:
    category, counts = make_category(), []
    for number in (2, 20):
        for index in range(number):
            make_book(title=f"Odes {number} {index}", authors=[f"Author {index}"], category=category)
        with CaptureQueriesContext(connection) as captured:
            get_page(f"/category/{category.pk}")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_only_staff_who_may_change_an_object_see_the_link_to_the_admin() -> None:
    book = make_book(authors=["Horace"], category=make_category())
    pages = {
        "books.change_book": (f"/book/{book.pk}", f"/admin/books/book/{book.pk}/change/"),
        "books.change_author": (
            f"/author/{get_author(book).pk}",
            f"/admin/books/author/{get_author(book).pk}/change/",
        ),
        "books.change_category": (f"/category/{book.category_id}", f"/admin/books/category/{book.category_id}/change/"),
    }
    clients = {permission: Client() for permission in pages}
    for permission, client in clients.items():
        client.force_login(make_staff(permission))

    for permission, client in clients.items():
        shown = [name for name, (path, link) in pages.items() if get_page(path, client).select(f"a[href='{link}']")]
        assert shown == [permission]


def test_books_that_are_not_published_are_not_listed() -> None:
    category = make_category()
    book = make_book(title="Draft", authors=["Horace"], category=category, is_published=False)
    Authorship.objects.update(name="Quintus")
    author = get_author(book)
    get_page(f"/author/{author.pk}", status=404)
    get_page(f"/category/{category.pk}", status=404)

    Authorship.objects.create(book=make_book(title="Odes", category=category), author=author)

    for path in (f"/author/{author.pk}", f"/category/{category.pk}"):
        assert texts_of(get_page(path), ".card h3") == ["Odes"]
    assert "Quintus" not in get_page(f"/author/{author.pk}").get_text()


def observe_prices(book: Book, *amounts: str) -> None:
    for days, amount in enumerate(reversed(amounts), start=1):
        PriceObservation.objects.create(
            book=book, price=Decimal(amount), currency="GBP", observed_at=timezone.now() - timedelta(days)
        )


def test_list_shows_the_line_of_prices_that_changed() -> None:
    category, client = make_category(), Client()
    amounts = {"Changed": ["41.42", "37.32"], "Constant": ["37.32", "37.32"], "New": ["37.32"], "Unknown": []}
    for title, stated in amounts.items():
        observe_prices(make_book(title=title, category=category), *stated)
    client.get("/catalogue/as/list")

    for path in ("/catalogue", f"/category/{category.pk}"):
        rows = get_page(path, client).select(".row")
        assert len(rows) == len([row for row in rows if row.select(".trend")]) == 4
        (line,) = [image for row in rows for image in row.select(".trend svg")]
        assert "£37.32 now, lowest £37.32" in str(line["aria-label"])
        assert rows[0].select(".trend svg") == [line]
    assert not get_page("/catalogue").select(".trend")


def test_list_reads_all_prices_with_one_query() -> None:
    client = Client()
    client.get("/catalogue/as/list")
    for number in range(20):
        observe_prices(make_book(title=f"Odes {number}"), "41.42", "37.32")

    with CaptureQueriesContext(connection) as captured:
        page = get_page("/catalogue", client)

    assert len(page.select(".trend svg")) == 20
    assert len([each for each in captured if "books_priceobservation" in each["sql"]]) == 1
