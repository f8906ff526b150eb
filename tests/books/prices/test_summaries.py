"""The stored summaries and changes, which ingest and the price review maintain and a command derives again."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from books.curation import curate, field_values
from books.ingest import ingest
from books.models import SUMMARY_FIELDS, Book, HeldPrice, PriceObservation
from books.prices.changes import PriceSummary
from books.prices.review import accept_prices, dismiss_prices, hold_latest_price
from books.prices.summaries import CHANGE_FIELDS, rebuild_all_summaries
from tests.support.factories import make_record, make_user
from tests.support.prices import ingest_price, ingest_sold_out_book

amounts = st.sampled_from(["0.01", "8.00", "9.00", "10.00", "11.00", "40.00"])
steps: st.SearchStrategy[tuple[str, Any]] = st.one_of(
    st.tuples(st.just("ingest"), st.lists(st.tuples(amounts, st.sampled_from(["GBP", "EUR"])), min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["accept", "dismiss", "hold", "sold out", "curate"]), st.just([])),
)


def read_derived_values() -> tuple[list[Any], list[Any]]:
    summaries = Book.objects.order_by("pk").values_list("pk", *SUMMARY_FIELDS)
    return list(summaries), list(PriceObservation.objects.order_by("pk").values_list("pk", *CHANGE_FIELDS))


def test_the_fields_of_the_book_are_those_of_the_summary() -> None:
    assert set(PriceSummary.__dataclass_fields__) == set(SUMMARY_FIELDS)


class PropertyOfSummaries(HypothesisTestCase):  # hypothesis resets the database between its examples
    @settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(steps, min_size=1, max_size=8))
    def test_maintained_values_are_equal_to_rebuilt_ones(self, history: list[tuple[str, Any]]) -> None:
        reader = make_user()
        for action, prices in history:
            take_step(action, prices, by=reader)
        maintained = read_derived_values()

        assert rebuild_all_summaries() == 0

        assert read_derived_values() == maintained


def take_step(action: str, prices: list[tuple[str, str]], *, by: Any) -> None:
    """Several prices are those of several books in one batch."""
    if action == "ingest":
        ingest(
            make_record(source_key=f"upc-{number}", price=Decimal(amount), currency=currency)
            for number, (amount, currency) in enumerate(prices, start=1)
        )
    elif action == "accept":
        accept_prices(HeldPrice.objects.all())
    elif action == "dismiss":
        dismiss_prices(HeldPrice.objects.all())
    elif action == "sold out":
        ingest_sold_out_book()
    elif book := Book.objects.filter(source_key="upc-1").first():
        if action == "hold":
            hold_latest_price(book, reason="Held in a test.")
        else:
            set_price_by_hand(book, by=by)


def set_price_by_hand(book: Book, *, by: Any) -> None:
    before = field_values(book)
    book.price, book.currency = Decimal("7.77"), "GBP"
    book.save()
    curate(book, {"price", "currency"}, before=before, by=by)


@pytest.mark.django_db
class TestMaintenance:
    def test_ingest_summarizes_new_and_changed_books(self, book: Book) -> None:
        ingest_price("8.00")
        ingest_price("9.00")

        book.refresh_from_db()
        assert (book.previous_price, book.change_percent) == (Decimal("8.00"), Decimal("12.50"))
        assert (book.lowest_price, book.highest_price) == (Decimal("8.00"), Decimal("10.00"))
        changes = PriceObservation.objects.changes().order_by("pk")
        assert [f"{each.previous_price} → {each.price}" for each in changes] == ["10.00 → 8.00", "8.00 → 9.00"]

    def test_a_price_of_a_person_changes_no_summary_and_hides_no_change_of_the_source(self, book: Book) -> None:
        set_price_by_hand(book, by=make_user())

        ingest_price("8.00")

        book.refresh_from_db()
        assert (book.price, book.previous_price) == (Decimal("7.77"), Decimal("10.00"))
        assert book.lowest_price == Decimal("8.00")
        assert PriceObservation.objects.changes().count() == 1

    def test_a_pending_price_changes_the_summary_when_it_is_accepted(self, book: Book) -> None:
        ingest_price("0.01")
        book.refresh_from_db()
        assert book.lowest_price == Decimal("10.00")

        accept_prices(HeldPrice.objects.all())

        book.refresh_from_db()
        assert (book.lowest_price, book.previous_price) == (Decimal("0.01"), Decimal("10.00"))
        assert PriceObservation.objects.changes().get().change_percent == Decimal("-99.90")

    def test_holding_the_only_price_leaves_no_summary(self, book: Book) -> None:
        hold_latest_price(book, reason="Held in a test.")

        book.refresh_from_db()
        assert [getattr(book, name) for name in SUMMARY_FIELDS] == [None] * len(SUMMARY_FIELDS)

    def test_amounts_in_two_currencies_are_not_compared(self, book: Book) -> None:
        ingest_price("12.00", currency="EUR")
        accept_prices(HeldPrice.objects.all())

        book.refresh_from_db()
        assert (book.tracked_currency, book.previous_price, book.change_percent) == ("EUR", None, None)
        assert book.lowest_price == book.highest_price == Decimal("12.00")
        change = PriceObservation.objects.changes().get()
        assert (change.previous_price, change.previous_currency) == (Decimal("10.00"), "GBP")
        assert change.change_percent is None

    def test_the_summary_of_an_earlier_currency_continues_when_it_returns(self, book: Book) -> None:
        for amount, currency in (("12.00", "EUR"), ("9.00", "GBP")):
            ingest_price(amount, currency=currency)
            accept_prices(HeldPrice.objects.all())

        book.refresh_from_db()
        assert (book.tracked_currency, book.previous_price) == ("GBP", Decimal("10.00"))
        assert book.change_percent == Decimal("-10.00")

    def test_the_command_corrects_wrong_values(self, book: Book) -> None:
        ingest_price("8.00")
        expected = read_derived_values()
        PriceObservation.objects.update(previous_price=None, previous_currency=None, change_percent=None)
        Book.objects.update(lowest_price=1, tracked_since=timezone.now() - timedelta(days=9))
        output = StringIO()

        call_command("rebuild_price_summaries", stdout=output)

        assert output.getvalue() == "1 books were corrected.\n"
        assert read_derived_values() == expected

    def test_the_command_removes_the_summary_of_a_book_without_observations(self, book: Book) -> None:
        PriceObservation.objects.all().delete()

        assert rebuild_all_summaries() == 1

        book.refresh_from_db()
        assert book.tracked_since is None
