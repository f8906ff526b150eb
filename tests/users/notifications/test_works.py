"""Messages about watches on a work: its rows are in several shops."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from books.models import Book, Source
from tests.support.prices import ingest_price
from tests.support.watches import list_events, watch
from users.models import Notification, PriceWatch, WatchRule
from users.notifications.content import describe
from users.notifications.items import Item

pytestmark = pytest.mark.django_db
ISBN = "9780140447934"


def state_price(price: str, source: str = "first_shop", **fields: Any) -> None:
    ingest_price(price, source=source, isbn_13=ISBN, **fields)


def watch_work(rule: str, **terms: Any) -> PriceWatch:
    return watch(Book.objects.get(source="first_shop"), rule, scope="work", **terms)


def describe_last(created: PriceWatch) -> Item:
    [item] = describe([Notification.objects.filter(watch=created).latest("pk")], ZoneInfo("UTC"))
    return item


def test_the_lowest_price_is_that_of_all_rows() -> None:
    state_price("40.00")
    for price in ("20.00", "38.00"):
        state_price(price, "second_shop")
    created = watch_work(WatchRule.AT_OR_BELOW, amount="35.00")
    state_price("34.00")

    item = describe_last(created)
    assert (item.data["new"], item.data["lowest"], item.data["observations"]) == ("34.00", "20.00", 4)
    assert any(line.startswith("Lowest: £20.00 since") for line in item.lines)


def test_prices_of_a_first_crawl_that_is_not_accepted_are_no_lowest_price() -> None:
    state_price("40.00")
    state_price("20.00", "second_shop")
    Source.objects.filter(name="second_shop").update(is_provisional=True)
    created = watch_work(WatchRule.AT_OR_BELOW, amount="35.00")
    state_price("34.00")

    assert describe_last(created).data["lowest"] == "34.00"


def test_the_time_is_that_of_the_offer_if_another_one_ended() -> None:
    state_price("40.00")
    stated = Book.objects.get().observations.get().observed_at
    state_price("28.00", "second_shop")
    created = watch_work(WatchRule.ANY_CHANGE)
    state_price("45.00", "second_shop")

    assert list_events(created) == [("28.00", "40.00")]
    assert datetime.fromisoformat(describe_last(created).data["observed_at"]) == stated
