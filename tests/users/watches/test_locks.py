"""Watches and books are locked in the order of their ids."""

import time
from collections.abc import Callable
from decimal import Decimal
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from books.ingest import ingest
from books.ingest.missing import mark_missing
from books.models import Book, HeldPrice
from books.prices import review
from books.prices.review import dismiss_prices, lock_books, report_price, supersede_held_prices
from books.records import BookRecord
from core.db import bulk
from core.exceptions import Conflict
from tests.support.apps import ALL_APPS
from tests.support.factories import make_record, make_user
from tests.support.threads import run_together
from tests.support.watches import list_new_prices, watch
from users.accounts.changes import delete_account
from users.models import LibraryEntry, PriceWatch, User, WatchScope
from users.watches import evaluation, watching

ISBNS = ("9780140447934", "9780306406157")
SECONDS = 20.0


def pause_once(monkeypatch: pytest.MonkeyPatch) -> Event:
    """The first time that new states of watches are stored, it sets the event and waits for a second."""
    is_stored, store = Event(), bulk.update_groups

    def store_and_pause(*args: Any) -> None:
        store(*args)
        if not is_stored.is_set():
            is_stored.set()
            time.sleep(1)

    monkeypatch.setattr(evaluation, "update_groups", store_and_pause)
    return is_stored


def make_records(source: str, price: str) -> list[BookRecord]:
    return [
        make_record(source=source, source_key=f"{source}-{isbn}", price=Decimal(price), isbn_13=isbn) for isbn in ISBNS
    ]


def delete_alone(watched: PriceWatch) -> None:
    watching.delete_watch(user=watched.user, pk=watched.pk)


def delete_with_account(watched: PriceWatch) -> None:
    delete_account(watched.user)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_missing_books_of_two_batches_and_an_ingest_do_not_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(make_records("first_shop", "40"))
    ingest(make_records("second_shop", "50"))
    books = Book.objects.filter(source="first_shop").order_by("-pk")
    watches = [watch(book, amount="30", scope="work") for book in books]  # the book with the lower id is watched last
    monkeypatch.setattr(evaluation, "BATCH", 1)
    is_stored = pause_once(monkeypatch)

    def change_prices() -> None:
        assert is_stored.wait(SECONDS)
        monkeypatch.setattr(evaluation, "BATCH", 1_000)  # locks both watches at once
        ingest(make_records("second_shop", "29"))

    run_together(lambda: mark_missing("first_shop", keys=set(), addresses=set()), change_prices)

    assert [list_new_prices(each) for each in watches] == [["29.00"], ["29.00"]]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_dismissed_reports_of_two_books_and_an_ingest_do_not_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(make_records("first_shop", "50"))
    ingest(make_records("first_shop", "40"))
    ingest(make_records("second_shop", "60"))
    books = Book.objects.filter(source="first_shop").order_by("-pk")
    watches = [watch(book, amount="45", scope="work") for book in books]  # the book with the lower id is watched last
    for book in books:
        assert report_price(book, reason="A reader reports that this price is wrong.")
    is_stored = pause_once(monkeypatch)

    def change_prices() -> None:
        assert is_stored.wait(SECONDS)
        ingest(make_records("second_shop", "29"))

    run_together(lambda: dismiss_prices(HeldPrice.objects.order_by("-pk")), change_prices)

    assert [list_new_prices(each) for each in watches] == [["40.00", "29.00"]] * 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_an_account_is_deleted_with_a_watch_that_is_added_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(make_records("first_shop", "40"))
    reader, is_stored, compare = make_user(), Event(), watching.compare

    def pause_and_compare(*args: Any) -> None:
        is_stored.set()
        time.sleep(1)
        compare(*args)

    def delete() -> None:
        assert is_stored.wait(SECONDS)
        delete_account(reader)

    monkeypatch.setattr(watching, "compare", pause_and_compare)
    run_together(lambda: watch(Book.objects.all()[0], user=reader, amount="30"), delete)

    assert not User.objects.exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
@pytest.mark.parametrize("scope", WatchScope.values)
@pytest.mark.parametrize("delete", [delete_alone, delete_with_account])
def test_a_watch_is_deleted_while_the_price_of_its_event_is_withdrawn(
    monkeypatch: pytest.MonkeyPatch, delete: Callable[[PriceWatch], None], scope: str
) -> None:
    """The withdrawal locks the notification of the event, and then the watch."""
    ingest(make_records("first_shop", "40"))
    ingest(make_records("second_shop", "35"))
    ingest(make_records("second_shop", "29"))
    cheap = Book.objects.get(source="second_shop", isbn_13=ISBNS[0])
    watched = watch(Book.objects.all()[0] if scope == "work" else cheap, amount="30", scope=scope)
    threads, report = [], review._report_withdrawn

    def start_deletion(*args: Any) -> None:
        threads.append(Thread(target=run_together, args=(lambda: delete(watched),)))
        threads[0].start()
        threads[0].join(1)
        report(*args)

    monkeypatch.setattr(review, "_report_withdrawn", start_deletion)
    assert review.hold_latest_price(cheap, reason="It is wrong.")
    threads[0].join()

    assert not PriceWatch.objects.exists()
    assert HeldPrice.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_a_price_that_a_crawl_supersedes_at_the_same_time_is_not_dismissed() -> None:
    """The dismissal waits for the book, as the crawl does."""
    ingest(make_records("first_shop", "40"))
    ingest(make_records("first_shop", "1000"))
    books, is_locked, dismissed = list(Book.objects.values_list("pk", flat=True)), Event(), []

    def supersede() -> None:
        with transaction.atomic():
            lock_books(books)
            is_locked.set()
            time.sleep(1)
            supersede_held_prices(books)

    def dismiss() -> None:
        assert is_locked.wait(SECONDS)
        dismissed.append(dismiss_prices(HeldPrice.objects.all()))

    run_together(supersede, dismiss)

    assert dismissed == [0]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_rows_that_refer_to_a_locked_book_are_stored_without_waiting() -> None:
    """The locks are not on the keys. Otherwise the commit of such a row could be part of a deadlock."""
    ingest(make_records("first_shop", "40"))
    reader, book, is_locked, is_stored = make_user(), Book.objects.all()[0], Event(), Event()

    def change_price() -> None:
        with transaction.atomic():
            lock_books([book.pk])
            ingest(make_records("first_shop", "30"))
            is_locked.set()
            assert is_stored.wait(SECONDS)

    def add_to_library() -> None:
        assert is_locked.wait(SECONDS)
        LibraryEntry.objects.create(user=reader, book=book)
        is_stored.set()

    run_together(change_price, add_to_library)

    assert LibraryEntry.objects.get().book.price == Decimal(30)


@pytest.mark.django_db
def test_a_watch_for_an_account_that_was_just_deleted_is_a_conflict() -> None:
    ingest(make_records("first_shop", "40"))
    reader = make_user()
    User.objects.filter(pk=reader.pk).delete()

    with pytest.raises(Conflict, match="deleted"):
        watch(Book.objects.all()[0], user=reader, amount="30")
