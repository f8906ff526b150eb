"""Messages about watches on a work: its rows are in several shops."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from books.ingest import ingest
from books.models import Book, Source
from tests.support.factories import make_record, make_user
from tests.support.prices import ingest_price
from tests.support.watches import list_events, watch
from users.models import Notification, PriceWatch, User, WatchRule
from users.notifications.content import build_content, describe
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


def tell_of_other_offers(reader: User, isbns: Sequence[str]) -> None:
    """A watch on each work, whose cheapest offer causes an event and ends."""

    def state(price: str, source: str) -> None:
        ingest([make_record(source=source, source_key=isbn, isbn_13=isbn, price=Decimal(price)) for isbn in isbns])

    state("40.00", "first_shop")
    for book in Book.objects.filter(isbn_13__in=isbns):
        watch(book, user=reader, amount="30.00", scope="work")
    for price, source in (("27.00", "first_shop"), ("28.00", "second_shop"), ("35.00", "first_shop")):
        state(price, source)


def count_queries(reader: User) -> int:
    notifications = list(Notification.objects.filter(recipient=reader).order_by("pk"))
    with CaptureQueriesContext(connection) as queries:
        content = build_content(notifications, ZoneInfo("UTC"))
    assert content is not None
    assert [item.change for item in content.items] == ["£28.00"] * len(notifications)
    return len(queries)


def test_the_number_of_queries_does_not_depend_on_the_number_of_works() -> None:
    ann, ben = make_user(), make_user()
    tell_of_other_offers(ann, ["9780306406157"])
    tell_of_other_offers(ben, ["9780131103627", "9780201633610", "9780262033848"])

    assert count_queries(ann) == count_queries(ben)
