"""The texts of messages."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from books.models import Book, PriceObservation
from tests.users.notifications.events import fire, make_priced_book
from users.models import Notification, User
from users.notifications.content import describe
from users.notifications.items import Item

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "target", "text"),
    [
        ("at or below £6.00", "6.00", "Your watch: at or below £6.00"),
        ("drop by 10%", "8.55", "Your watch: drop by 10% (£8.55 or less)"),
        ("any change of the price", None, "Your watch: any change of the price"),
    ],
)
def test_a_watch_is_described_with_its_target(reader: User, rule: str, target: str | None, text: str) -> None:
    fire(reader, make_priced_book("9.50", "5.00"), rule=rule, target=Decimal(target) if target else None)

    [item] = describe(list(Notification.objects.all()), ZoneInfo("UTC"))

    assert item.details[0] == text


def describe_title(reader: User, title: str, **fields: Any) -> Item:
    fire(reader, make_priced_book("9.50", "5.00", title=title), **fields)
    [item] = describe(list(Notification.objects.all()), ZoneInfo("UTC"))
    return item


def test_a_title_from_right_to_left_is_isolated_from_its_price(reader: User) -> None:
    assert describe_title(reader, "ألف ليلة").heading == "\u2068ألف ليلة\u2069: £5.00"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner is part of the spelling
        ("Bi\u00adblio\u00adthek", "Bibliothek"),
        ("\u202eevil", "\\u202eevil"),
        ("Two\r\nlines", "Two lines"),
    ],
)
def test_titles_are_one_line_without_hidden_directions(reader: User, title: str, shown: str) -> None:
    assert describe_title(reader, title).title == shown


@pytest.mark.parametrize(
    ("source", "place"), [("books_to_scrape", "Observed at Books to Scrape on 4"), ("manual", "Observed on 4")]
)
def test_a_price_of_a_shop_names_the_shop(reader: User, source: str, place: str) -> None:
    book = make_priced_book("9.50", "5.00")
    Book.objects.filter(pk=book.pk).update(source=source)
    fire(reader, book)

    [item] = describe(list(Notification.objects.all()), ZoneInfo("UTC"))

    assert item.details[-1].startswith(place)
    assert item.data["source"] == source


def test_an_equal_number_in_another_currency_is_not_the_lowest_price(reader: User) -> None:
    book = make_priced_book("9.50", "5.00")
    fire(reader, book)
    PriceObservation.objects.create(book=book, price=Decimal("5.00"), currency="EUR")

    [item] = describe(list(Notification.objects.all()), ZoneInfo("UTC"))

    assert any(line.startswith("Lowest: £5.00 since") for line in item.details), item.details


@pytest.mark.parametrize(("new", "heading"), [(None, "Emma: in stock"), ("5.00", "Emma: in stock at £5.00")])
def test_books_that_are_back_in_stock_say_so(reader: User, new: str | None, heading: str) -> None:
    item = describe_title(reader, "Emma", rule="back in stock", new=new and Decimal(new), target=None)

    assert item.heading == heading
    assert [line for line in item.lines if "£9.50" in line] == ["The price before was £9.50"]
