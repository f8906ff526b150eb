"""The columns and filters of the lists in the admin."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.html import escape
from lxml import html
from rest_framework.test import APIClient

from books.models import HeldPrice, PriceObservation
from scraping.models import ScrapeRun
from tests.support.book_form import get_page
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def rejected_price() -> HeldPrice:
    book = make_book(title='A "long" title, ' * 8, category=make_category())
    return HeldPrice.objects.create(book=book, price=1, currency="GBP", reason="Too low.")


def test_lists_shorten_titles_to_one_line(staff_client: APIClient, rejected_price: HeldPrice) -> None:
    title = escape(str(rejected_price.book))
    PriceObservation.objects.create(book=rejected_price.book, price=1, currency="GBP")

    for path in ("book", "priceobservation", "heldprice"):
        page = staff_client.get(f"/admin/books/{path}/").content.decode()
        assert f'<span class="one-line" title="{title}">{title}</span>' in page, path
        assert "colophon/admin.css" in page


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("books/book", ["", "", "Title", "Price", "Price status"]),
        ("books/priceobservation", ["", "Book", "Price", "Availability"]),
        ("books/heldprice", ["", "Book", "Price now", "Pending price", "State", "Reason"]),
        ("scraping/scraperun", ["ID", "State", "Reason", "Outcome"]),
    ],
)
def test_lists_begin_with_the_columns_that_decide(
    staff_client: APIClient, rejected_price: HeldPrice, path: str, columns: list[str]
) -> None:
    """About 650 pixels of a window of 1,280 are the list's; later columns may need scrolling."""
    PriceObservation.objects.create(book=rejected_price.book, price=1, currency="GBP")
    ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="failed", reason="No answer.")

    page = html.fromstring(staff_client.get(f"/admin/{path}/").content)

    heads = [head.text_content().strip() for head in page.get_element_by_id("result_list").findall("thead/tr/th")]
    assert heads[: len(columns)] == columns


@pytest.mark.parametrize("path", ["book", "priceobservation", "heldprice"])
def test_categories_are_filtered_by_a_select(staff_client: APIClient, rejected_price: HeldPrice, path: str) -> None:
    book, other = rejected_price.book, make_category("Poetry")
    PriceObservation.objects.create(book=book, price=1, currency="GBP")

    page = staff_client.get(f"/admin/books/{path}/", {"q": ""})

    options = html.fromstring(page.content).find_class("select-filter")[0].findall(".//option")
    found = {
        option.text: staff_client.get(f"/admin/books/{path}/{option.get('value')}").context["cl"].result_count
        for option in options
    }
    assert found == {"All": 1, str(book.category): 1, other.name: 0, "-": 0}


def test_books_are_filtered_by_whether_the_source_lists_them(staff_client: APIClient) -> None:
    make_book(title="Listed")
    make_book(title="Gone", missing_since=timezone.now())

    page = get_page(staff_client, "")
    filters = html.fromstring(page).findall(".//*[@data-filter-title='listed by the source']//a")

    assert [link.text for link in filters] == ["All", "Yes", "No"]
    titles = [list_titles(staff_client, link.get("href")) for link in filters]
    assert titles == [["Gone", "Listed"], ["Listed"], ["Gone"]]


def list_titles(client: APIClient, query: str) -> list[str]:
    return sorted(book.title for book in client.get(f"/admin/books/book/{query}").context["cl"].result_list)


def test_the_inputs_of_actions_have_lines_of_their_own_on_phones(staff_client: APIClient) -> None:
    """Django's rules leave 30 pixels to each select there."""
    make_book()
    style_sheet = finders.find("colophon/admin.css")
    assert style_sheet

    page = html.fromstring(get_page(staff_client, ""))

    assert page.xpath("//link[@rel='stylesheet' and contains(@href, 'colophon/admin')]")
    labels = [label.text.strip() for label in page.find_class("actions")[0].findall("label")]
    assert labels == ["Action:", "Category:", "Work key:"]
    phone = Path(style_sheet).read_text().split("@media (max-width: 767px)")[1]
    assert "#changelist .actions label { flex: 1 0 100%;" in phone
