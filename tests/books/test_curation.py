"""What a person sets stays, whatever comes from outside."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from books.curation import release
from books.ingest import IngestResult, ingest
from books.models import Author, Book, CuratedField, PriceObservation
from books.records import AuthorRecord
from tests.support.factories import make_book, make_category, make_record, make_user

pytestmark = pytest.mark.django_db
RECORD: dict[str, Any] = {
    "source_key": "upc-1",
    "title": "Source title",
    "price": Decimal("10.00"),
    "category": "Travel",
}


@pytest.fixture
def book() -> Book:
    ingest([make_record(**RECORD)])
    return Book.objects.get()


def said(**changes: Any) -> IngestResult:
    return ingest([make_record(**{**RECORD, **changes})])


def test_what_staff_set_survives_the_source_s_next_words(staff_client: APIClient, book: Book) -> None:
    poetry = make_category("Poetry")
    changes = {"title": "Our title", "price": "12.50", "category": poetry.pk}
    assert staff_client.patch(f"/api/books/{book.pk}", changes).status_code == 200

    results = [said(title=f"Source title {number}", price=Decimal(number)) for number in range(5, 15)]

    book.refresh_from_db()
    assert (book.title, book.title_key, book.price, book.category) == (
        "Our title",
        "our title",
        Decimal("12.50"),
        poetry,
    )
    assert all(result == IngestResult(unchanged=1) for result in results)
    beside = {curated.field: curated.source_value for curated in CuratedField.objects.all()}
    assert beside == {"title": "Source title 14", "price": "14.00", "currency": "GBP", "category": "Travel"}


def test_other_fields_go_on_with_the_source(staff_client: APIClient, book: Book) -> None:
    staff_client.patch(f"/api/books/{book.pk}", {"title": "Our title"})

    assert said(stock=1, rating=1) == IngestResult(updated=1)
    book.refresh_from_db()
    assert (book.title, book.stock, book.rating) == ("Our title", 1, 1)


def test_a_released_field_takes_the_source_s_value_at_its_next_word(staff_client: APIClient, book: Book) -> None:
    staff_client.patch(f"/api/books/{book.pk}", {"title": "Our title"})

    assert release([book]) == 1
    assert said() == IngestResult(updated=1)
    book.refresh_from_db()
    assert book.title == "Source title"


def test_a_curated_price_never_enters_the_history(staff_client: APIClient, book: Book) -> None:
    staff_client.patch(f"/api/books/{book.pk}", {"price": "1.00"})
    said(price=Decimal("11.00"))
    said(price=Decimal("11.00"))

    prices = PriceObservation.objects.order_by("pk").values_list("price", flat=True)
    assert list(prices) == [Decimal("10.00"), Decimal("11.00")]


def test_sending_the_same_value_is_no_curation(staff_client: APIClient, book: Book) -> None:
    staff_client.patch(f"/api/books/{book.pk}", {"title": "Source title", "price": "10.00"})

    assert not CuratedField.objects.exists()


def test_a_book_entered_by_hand_has_nothing_to_guard(staff_client: APIClient) -> None:
    book = make_book(title="By hand")
    staff_client.patch(f"/api/books/{book.pk}", {"title": "By another hand"})

    assert not CuratedField.objects.exists()


def test_curated_authors_stay(staff_client: APIClient) -> None:
    record = make_record(source="open_library", source_key="OL1W", authors=(AuthorRecord("OL1A", "Tolstoi"),))
    ingest([record])
    book = Book.objects.get()
    ours = Author.objects.create(name="Leo Tolstoy")
    staff_client.patch(f"/api/books/{book.pk}", {"authors": [ours.pk]})

    ingest([record])

    assert list(book.authors.all()) == [ours]
    assert CuratedField.objects.get().source_value == ["Tolstoi"]


def test_the_second_to_set_a_field_does_not_lose_what_the_source_said(staff_client: APIClient, book: Book) -> None:
    staff_client.patch(f"/api/books/{book.pk}", {"title": "One"})
    other = APIClient()
    other.force_login(make_user(is_staff=True))
    other.patch(f"/api/books/{book.pk}", {"title": "Two"})

    curated = CuratedField.objects.get()
    assert curated.source_value == "Source title"
    assert curated.by is not None
    assert curated.by.email != "staff@example.org"


def form_of(browser: Client, book: Book, **changes: Any) -> dict[str, Any]:
    """The fields of the admin's page as they stand, with changes."""
    page = browser.get(f"/admin/books/book/{book.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        for hidden in inline.formset.management_form:
            sent[hidden.html_name] = hidden.value()
        for row in inline.formset.initial_forms:
            sent |= {row[name].html_name: row[name].value() for name in row.fields if row[name].value() is not None}
    return {**sent, "languages": "[]", **changes}


def test_the_admin_marks_shows_and_releases(staff_client: APIClient, book: Book) -> None:
    address = f"/admin/books/book/{book.pk}/change/"
    answer = staff_client.post(address, form_of(staff_client, book, title="Our title"), format="multipart")
    assert answer.status_code == 302, answer.content.decode()[:2000]
    said(title="Their new title")

    page = staff_client.get(address).content.decode()

    assert "Their new title" in page
    assert "staff@example.org" in page
    assert [curated.field for curated in CuratedField.objects.all()] == ["title"]
    release_it = {"curated_fields-0-DELETE": "on"}
    assert staff_client.post(address, form_of(staff_client, book, **release_it), format="multipart").status_code == 302
    assert not CuratedField.objects.exists()
    said(title="Their new title")
    book.refresh_from_db()
    assert book.title == "Their new title"


def test_the_history_tells_who_changed_what_and_not_what_the_crawl_did(staff_client: APIClient, book: Book) -> None:
    staff_client.patch(f"/api/books/{book.pk}", {"title": "Our title"})
    said(title="New", stock=2)

    (change,) = book.history.all()
    assert (change.title, change.history_user.email) == ("Our title", "staff@example.org")
    assert change.history_change_reason == "title: Source title → Our title"
    page = staff_client.get(f"/admin/books/book/{book.pk}/history/").content.decode()
    assert "staff@example.org" in page
    assert "title: Source title → Our title" in page


def test_the_history_tells_of_authors_and_of_several_fields(staff_client: APIClient, book: Book) -> None:
    author = Author.objects.create(name="Ann")

    staff_client.patch(f"/api/books/{book.pk}", {"authors": [author.pk], "rating": None, "description": "x " * 300})

    reason = book.history.first().history_change_reason
    assert reason.startswith("authors: nothing → Ann; description: ")
    assert " …; rating: " in reason
    assert reason.endswith(" → nothing")


def act(browser: APIClient, action: str, *books: Book, **beside: Any) -> Any:
    chosen = {"action": action, "_selected_action": [book.pk for book in books], **beside}
    return browser.post("/admin/books/book/", chosen, format="multipart", follow=True)


def test_actions_set_a_category_and_a_work_and_release(staff_client: APIClient, book: Book) -> None:
    poetry = make_category("Poetry")
    act(staff_client, "assign_category", book, category=poetry.pk)
    act(staff_client, "mark_as_same_work", book, work_key="OL45804W")
    said()

    book.refresh_from_db()
    assert (book.category, book.work_key) == (poetry, "OL45804W")
    assert "Choose a category" in act(staff_client, "assign_category", book).content.decode()
    assert "such as OL45804W" in act(staff_client, "mark_as_same_work", book, work_key="nonsense").content.decode()
    act(staff_client, "release_fields", book)
    said()
    book.refresh_from_db()
    assert (str(book.category), book.work_key) == ("Travel", None)


def test_an_export_holds_no_formula(staff_client: APIClient) -> None:
    make_book(title='=HYPERLINK("http://evil.example")', authors=["@Ann", "Bob"], first_publish_year=-800)
    make_book(title="Odes;=1+1", authors=["Cid", "＝1+1"])

    text = act(staff_client, "export_as_csv", *Book.objects.order_by("pk")).content.decode()

    head, row, other = text.splitlines()
    assert head.startswith("id,title,authors,category")
    assert "\"'=HYPERLINK(" in row
    assert "'@Ann; Bob" in row
    assert ",-800," in row
    cells = [cell for line in text.splitlines() for cell in line.replace('"', "").split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))]
    assert "Odes;'=1+1" in other
