"""Watches while a source states no price in their currency."""

from decimal import Decimal
from typing import Any

import pytest

from books.ingest import ingest
from books.ingest.missing import mark_missing
from books.models import Book
from books.prices.review import hold_latest_price
from tests.support.factories import make_record
from tests.support.prices import ingest_price
from tests.support.watches import list_events, list_new_prices, watch
from users.models import WatchRule
from users.models.watch import AMOUNT_RULES
from users.watches.overview import load_overviews
from users.watches.watching import change_watch

pytestmark = pytest.mark.django_db
ISBN = "9780140447934"
SOLD_OUT: dict[str, Any] = {"in_stock": False, "stock": None}


def state_price(price: str, **fields: Any) -> None:
    ingest_price(price, **{"isbn_13": ISBN, **fields})


def state_no_price() -> None:
    ingest([make_record(source_key="upc-1", price=None, currency=None, isbn_13=ISBN, **SOLD_OUT)])


def state_dollars(price: str) -> None:
    """Of another shop's row of the same work."""
    state_price(price, source="other_shop", currency="USD")


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    state_price("40.00")
    return Book.objects.get()


def withdraw_only_price(book: Book) -> None:
    assert hold_latest_price(book, reason="It is wrong.")
    book.refresh_from_db()
    assert book.price is None


def test_a_drop_is_not_measured_from_a_withdrawn_first_price(book: Book) -> None:
    created = watch(book, WatchRule.DROP_PERCENT, percent=10)
    withdraw_only_price(book)
    state_price("100.00")
    state_price("90.00")

    created.refresh_from_db()
    assert (created.start_price, list_new_prices(created)) == (Decimal("100.00"), ["90.00"])


def test_a_paused_watch_does_not_keep_a_withdrawn_price(book: Book) -> None:
    created = watch(book, WatchRule.DROP_PERCENT, percent=10)
    change_watch(user=created.user, pk=created.pk, changes={"is_paused": True})
    withdraw_only_price(book)
    state_price("100.00")
    change_watch(user=created.user, pk=created.pk, changes={"is_paused": False})
    state_price("90.00")

    assert list_new_prices(created) == ["90.00"]


def test_a_start_price_that_another_row_states_too_is_not_withdrawn(book: Book) -> None:
    created = watch(book, WatchRule.DROP_PERCENT, percent=10, scope="work")
    for price in ("50.00", "40.00"):
        state_price(price, source="other_shop", **SOLD_OUT)
    state_price("40.00", **SOLD_OUT)
    assert hold_latest_price(Book.objects.get(source="other_shop"), reason="It is wrong.")
    state_price("36.00")

    created.refresh_from_db()
    assert (created.start_price, list_new_prices(created)) == (Decimal("40.00"), ["36.00"])


def test_a_change_does_not_name_a_withdrawn_first_price(book: Book) -> None:
    created = watch(book, WatchRule.ANY_CHANGE)
    withdraw_only_price(book)
    state_price("45.00")

    assert list_events(created) == [(None, "45.00")]


@pytest.mark.parametrize("has_price", [True, False])
def test_any_change_keeps_its_currency_while_the_book_is_sold_out(book: Book, *, has_price: bool) -> None:
    """A price of another shop in another currency is no change."""
    created = watch(book, WatchRule.ANY_CHANGE, scope="work")
    state_dollars("55.00")
    if has_price:
        state_price("40.00", **SOLD_OUT)
    else:
        state_no_price()
    state_dollars("56.00")
    state_price("38.00")

    created.refresh_from_db()
    assert (created.currency, list_events(created)) == ("GBP", [("40.00", "38.00")])


def test_any_change_goes_on_in_another_currency_if_no_listed_book_has_a_price_in_its_own(book: Book) -> None:
    created = watch(book, WatchRule.ANY_CHANGE, scope="work")
    state_dollars("55.00")
    mark_missing(book.source, keys=set(), addresses=set())
    state_dollars("56.00")

    created.refresh_from_db()
    assert (created.currency, list_events(created)) == ("USD", [(None, "56.00")])


@pytest.mark.parametrize(("is_listed", "other"), [(True, None), (False, "USD")])
def test_a_price_that_is_not_compared_is_stated_unless_another_row_keeps_the_currency(
    book: Book, *, is_listed: bool, other: str | None
) -> None:
    created = watch(book, WatchRule.DROP_PERCENT, percent=10, scope="work")
    state_dollars("55.00")
    state_price("40.00", **SOLD_OUT)
    if not is_listed:
        mark_missing(book.source, keys=set(), addresses=set())

    [overview] = load_overviews([created])
    assert (overview.current and overview.current.currency, overview.other_currency) == ("USD", other)


@pytest.mark.parametrize("rule", WatchRule.values)
def test_a_watch_starts_with_the_first_price_of_the_book(rule: str) -> None:
    state_no_price()
    terms = {"amount": "45.00"} if rule in AMOUNT_RULES else {"percent": 10} if rule == WatchRule.DROP_PERCENT else {}
    created = watch(Book.objects.get(), rule, **terms)
    state_price("40.00")

    created.refresh_from_db()
    expected = (None, None) if rule == WatchRule.BACK_IN_STOCK else ("GBP", Decimal("40.00"))
    assert (created.currency, created.start_price) == expected
    fires = {WatchRule.AT_OR_BELOW, WatchRule.BACK_IN_STOCK, WatchRule.ANY_CHANGE}
    assert list_new_prices(created) == (["40.00"] if rule in fires else [])


def test_a_first_price_below_the_amount_of_the_drop_has_no_target() -> None:
    state_no_price()
    created = watch(Book.objects.get(), WatchRule.DROP_AMOUNT, amount="50.00")
    state_price("10.00")

    created.refresh_from_db()
    [overview] = load_overviews([created])
    assert (overview.target, overview.is_met) == (None, False)
