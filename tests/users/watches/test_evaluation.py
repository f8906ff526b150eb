"""Watches on works, and the queries and locks of a pass over the watches."""

import json
import zipfile
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from books.availability import Availability
from books.ingest.provisional import accept_source, mark_as_provisional
from books.models import Book
from tests.support.factories import make_book, make_user
from tests.support.prices import ingest_price, ingest_sold_out_book
from tests.support.watches import list_events, list_new_prices, watch
from users.accounts.changes import delete_account
from users.library.export_archive import write_archive
from users.models import Notification, PriceWatch, WatchRule
from users.watches.evaluation import evaluate
from users.watches.watching import delete_watch, restore_watch

pytestmark = pytest.mark.django_db
ISBN = "9780140447934"


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    ingest_price("40.00", isbn_13=ISBN)
    return Book.objects.get(source_key="upc-1")


def state_other_price(price: str, **fields: object) -> None:
    """Of another shop's row of the same work."""
    ingest_price(price, **{"source": "other_shop", "title": "Another edition", "isbn_13": ISBN, **fields})


def test_a_watch_on_a_work_compares_the_cheapest_offer_of_all_rows(book: Book) -> None:
    work = watch(book, amount="30.00", scope="work")
    row = watch(book, amount="30.00")
    state_other_price("29.00")
    state_other_price("35.00")
    ingest_price("28.00", isbn_13=ISBN)
    state_other_price("27.00")

    assert list_new_prices(work) == ["29.00", "28.00", "27.00"]
    assert list_new_prices(row) == ["28.00"]
    assert Notification.objects.filter(watch=work.pk).earliest("pk").payload["title"] == "Another edition"


def test_offers_in_another_currency_are_not_compared(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("29.00", currency="EUR")

    assert list_events(created) == []


def test_offers_of_unpublished_rows_are_not_compared(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("31.00")
    Book.objects.filter(source="other_shop").update(is_published=False)
    state_other_price("29.00")

    assert list_events(created) == []


def test_offers_of_a_shop_whose_first_crawl_is_not_accepted_are_not_compared(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    mark_as_provisional("other_shop")
    state_other_price("29.00")
    ingest_price("39.00", isbn_13=ISBN)
    assert list_events(created) == []

    accept_source("other_shop")
    assert list_new_prices(created) == ["29.00"]


def test_a_cheaper_offer_that_is_sold_out_does_not_count(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("20.00", in_stock=False, stock=None)
    assert list_events(created) == []

    ingest_price("29.00", isbn_13=ISBN)
    assert list_new_prices(created) == ["29.00"]


def test_the_price_of_a_book_that_can_be_preordered_counts(book: Book) -> None:
    """It is not in stock, which only a watch on stock depends on. That one fires once at the beginning."""
    on_price, on_stock = watch(book, amount="30.00"), watch(book, WatchRule.BACK_IN_STOCK)
    ingest_price("29.00", isbn_13=ISBN, availability=Availability.PREORDER, stock=None)
    assert list_new_prices(on_price) == ["29.00"]
    assert len(list_events(on_stock)) == 1

    ingest_price("29.00", isbn_13=ISBN, availability=Availability.IN_STOCK, stock=1)
    assert len(list_events(on_stock)) == 2


def test_the_end_of_the_cheapest_offer_is_a_change_of_the_work(book: Book) -> None:
    created = watch(book, WatchRule.ANY_CHANGE, scope="work")
    state_other_price("29.00")
    state_other_price("29.00", in_stock=False, stock=None)

    assert list_events(created) == [("40.00", "29.00"), ("29.00", "40.00")]


def test_a_book_that_comes_back_at_the_same_price_is_told_by_the_watch_on_stock_only(book: Book) -> None:
    price, stock = watch(book, amount="45.00"), watch(book, WatchRule.BACK_IN_STOCK)
    assert [list_new_prices(each) for each in (price, stock)] == [["40.00"], ["40.00"]]
    for _ in range(2):
        ingest_sold_out_book()
        ingest_price("40.00", isbn_13=ISBN)

    assert [len(list_events(each)) for each in (price, stock)] == [1, 3]


def test_a_watch_without_a_price_begins_with_the_first_one() -> None:
    ingest_sold_out_book()
    created = watch(Book.objects.get(), WatchRule.DROP_PERCENT, percent=10)
    ingest_price("40.00")
    created.refresh_from_db()
    assert (created.start_price, created.currency) == (Decimal("40.00"), "GBP")

    ingest_price("36.00")
    assert list_new_prices(created) == ["36.00"]


def test_the_number_of_queries_does_not_depend_on_the_number_of_watches(book: Book) -> None:
    def count() -> int:
        observations = list(book.observations.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            evaluate(observations)
        return len(queries)

    watch(book, amount="30.00", scope="work")
    few = count()
    for number in range(20):
        watch(book, amount=f"{number + 1}.00", scope="work")
        watch(book, WatchRule.LOWEST)
    assert count() == few


def test_a_catalogue_without_watches_costs_one_query(book: Book) -> None:
    observations = list(book.observations.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        evaluate(observations)

    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) == 1


def test_an_event_is_rolled_back_with_its_observation(book: Book) -> None:
    created = watch(book, amount="30.00")
    with transaction.atomic():
        ingest_price("29.00", isbn_13=ISBN)
        assert Notification.objects.count() == 1
        transaction.set_rollback(True)

    created.refresh_from_db()
    assert (Notification.objects.count(), created.state) == (0, "armed")


def test_an_observation_is_told_once_although_it_is_evaluated_twice(book: Book) -> None:
    created = watch(book, amount="30.00")
    ingest_price("29.00", isbn_13=ISBN)
    PriceWatch.objects.update(state="armed", fired_price=None)
    evaluate(list(book.observations.values_list("pk", flat=True)))

    assert list_new_prices(created) == ["29.00"]


@pytest.mark.parametrize(
    "fields",
    [
        {"rule": "at_or_below", "currency": "GBP"},
        {"rule": "at_or_below", "amount": 0, "currency": "GBP"},
        {"rule": "at_or_below", "amount": 5},
        {"rule": "drop_percent"},
        {"rule": "drop_percent", "percent": 100},
        {"rule": "lowest", "percent": 10},
        {"rule": "cheap"},
        {"rule": "lowest", "scope": "shop"},
        {"rule": "lowest", "currency": "gbp"},
        {"rule": "lowest", "start_price": 5},
        {"rule": "lowest", "state": "fired"},
        {"rule": "lowest", "state": "armed", "fired_price": 5, "currency": "GBP"},
    ],
)
def test_the_database_rejects_a_watch_that_makes_no_sense(book: Book, fields: dict[str, object]) -> None:
    with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
        PriceWatch.objects.bulk_create([PriceWatch(user=make_user(), book=book, **fields)])


@pytest.mark.parametrize(
    "terms",
    [
        {"rule": "at_or_below", "amount": 5, "currency": "GBP"},
        {"rule": "drop_percent", "percent": 5},
        {"rule": "lowest"},
    ],
)
def test_the_database_rejects_a_second_equal_watch(book: Book, terms: dict[str, object]) -> None:
    user = make_user()
    PriceWatch.objects.create(user=user, book=book, **terms)
    PriceWatch.objects.create(user=make_user(), book=book, **terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceWatch.objects.create(user=user, book=book, **terms)


def test_a_restored_watch_has_its_notifications_again(book: Book) -> None:
    removed, other = watch(book, amount="45.00"), watch(book, amount="45.00")
    key = removed.pk
    snapshot = delete_watch(user=removed.user, pk=key)
    assert sorted(Notification.objects.values_list("watch", flat=True), key=str) == [other.pk, None]

    restored = restore_watch(user=removed.user, snapshot=snapshot)

    assert restored == PriceWatch(pk=key)
    assert list_new_prices(restored) == ["40.00"]
    assert Notification.objects.count() == 2


def test_an_account_is_deleted_with_its_watches(book: Book) -> None:
    deleted, kept = watch(book, amount="45.00"), watch(book, amount="45.00")
    delete_account(deleted.user)

    assert list(PriceWatch.objects.all()) == [kept]
    assert list(Notification.objects.values_list("watch", flat=True)) == [kept.pk]


def test_the_archive_of_an_account_has_its_watches(book: Book) -> None:
    created = watch(book, amount="45.00")
    watch(make_book(), WatchRule.LOWEST)
    with zipfile.ZipFile(write_archive(created.user)) as archive:
        (row,) = json.loads(archive.read("watches.json"))

    assert (row["book"]["isbn_13"], row["rule"], row["amount"], row["currency"]) == (
        ISBN,
        "at_or_below",
        "45.00",
        "GBP",
    )
