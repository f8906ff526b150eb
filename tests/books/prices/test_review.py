"""What people decide about prices: held, accepted, dismissed, and asked about again."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from books.ingest import IngestResult, ingest
from books.models import Book
from books.models.price import HeldPrice, take_back
from tests.support.factories import make_record
from tests.support.prices import prices, said, said_nothing_readable, states

pytestmark = pytest.mark.django_db


def test_what_cannot_be_read_can_only_be_dismissed(staff_client: APIClient, book: Book) -> None:
    said_nothing_readable()
    chosen = {"action": "accept", "_selected_action": [HeldPrice.objects.get().pk]}

    page = staff_client.post("/admin/books/heldprice/", chosen, format="multipart", follow=True)

    assert "1 cannot be read: enter the price on the book&#x27;s page" in page.content.decode()
    assert states() == ["held"]
    assert HeldPrice.objects.dismiss() == 1
    assert said_nothing_readable() == IngestResult(unchanged=1)
    assert said_nothing_readable("call us") == IngestResult(held=1)


def history(book: Book) -> list[tuple[str, bool]]:
    return [(str(each.price), each.in_stock) for each in book.observations.order_by("pk")]


def test_staff_hold_a_price_that_was_believed(staff_client: APIClient, doubtful: Book) -> None:
    chosen = {"action": "hold_prices", "_selected_action": [doubtful.pk]}

    page = staff_client.post("/admin/books/book/", chosen, format="multipart", follow=True)

    assert "1 prices wait among the held prices" in page.content.decode()
    doubtful.refresh_from_db()
    assert (doubtful.price, history(doubtful)) == (Decimal("10.00"), [("10.00", True), ("10.00", False)])
    held = HeldPrice.objects.get()
    assert (held.price, held.state, held.reason) == (Decimal("40.00"), "held", "staff@example.org held it.")


def test_a_price_that_somebody_held_stays_held_while_the_source_says_it(doubtful: Book) -> None:
    assert take_back(doubtful, reason="Doubtful.")

    assert said("40.00", in_stock=False) == IngestResult(held=1)
    HeldPrice.objects.dismiss()
    assert said("40.00", in_stock=False) == IngestResult(unchanged=1)
    assert said("41.00", in_stock=False) == IngestResult(updated=1)
    assert states() == ["overtaken"]
    assert said("40.00", in_stock=False) == IngestResult(updated=1)


def test_a_price_that_somebody_held_can_be_accepted_again(doubtful: Book) -> None:
    take_back(doubtful, reason="Doubtful.")

    HeldPrice.objects.accept()

    doubtful.refresh_from_db()
    assert (doubtful.price, history(doubtful)[-1]) == (Decimal("40.00"), ("40.00", False))
    assert said("40.00", in_stock=False) == IngestResult(unchanged=1)


def test_a_dismissed_price_is_asked_about_again_once_another_was_accepted(book: Book) -> None:
    said("70.00")
    HeldPrice.objects.dismiss()
    said("60.00")
    HeldPrice.objects.accept()

    assert said("70.00") == IngestResult(updated=1)
    book.refresh_from_db()
    assert book.price == Decimal("70.00")


def test_what_waits_is_dropped_when_the_source_goes_back_to_a_dismissed_price(book: Book) -> None:
    said("70.00")
    HeldPrice.objects.dismiss()
    said("80.00")

    assert said("70.00") == IngestResult(unchanged=1)
    assert states() == ["dismissed", "overtaken"]
    assert HeldPrice.objects.accept() == 0


def test_an_accepted_price_takes_its_place_among_what_was_observed_since(book: Book) -> None:
    said("60.00")
    said("60.00", in_stock=False)

    HeldPrice.objects.accept()

    assert history(book) == [("10.00", True), ("60.00", True), ("60.00", False)]
    times = list(book.observations.order_by("pk").values_list("observed_at", flat=True))
    assert times == sorted(times)
    assert said("60.00", in_stock=False) == IngestResult(unchanged=1)


def test_the_history_of_people_tells_of_held_and_accepted_prices(staff_client: APIClient, doubtful: Book) -> None:
    chosen = {"action": "hold_prices", "_selected_action": [doubtful.pk]}
    staff_client.post("/admin/books/book/", chosen, format="multipart")
    accepted = {"action": "accept", "_selected_action": [HeldPrice.objects.get().pk]}
    staff_client.post("/admin/books/heldprice/", accepted, format="multipart")

    assert [each.history_change_reason for each in doubtful.history.order_by("history_id")] == [
        "price: 40.00 GBP → 10.00 GBP (it was held)",
        "price: 10.00 GBP → 40.00 GBP (a held price was accepted)",
    ]
    assert {each.history_user.email for each in doubtful.history.all()} == {"staff@example.org"}


def test_a_long_reason_is_cut(book: Book) -> None:
    assert take_back(book, reason="x" * 300)

    assert len(HeldPrice.objects.get().reason) == 200


def test_a_book_s_only_price_can_be_held(book: Book) -> None:
    assert take_back(book, reason="Doubtful.")
    assert not take_back(book, reason="Doubtful.")

    book.refresh_from_db()
    assert (book.price, book.currency, history(book)) == (None, None, [("None", True)])
    assert said("10.00") == IngestResult(held=1)


def test_accepting_leaves_a_price_that_a_person_set(staff_client: APIClient, book: Book) -> None:
    said("0.01")
    staff_client.patch(f"/api/books/{book.pk}", {"price": "9.00"})

    HeldPrice.objects.accept()

    book.refresh_from_db()
    assert (book.price, prices(book)) == (Decimal("9.00"), ["10.00", "0.01"])


def test_a_dry_run_counts_the_same_and_holds_nothing(book: Book) -> None:
    odd = make_record(source_key="upc-1", price=Decimal("0.01"))

    assert ingest([odd], dry_run=True) == IngestResult(held=1)
    assert not HeldPrice.objects.exists()


@pytest.mark.parametrize(("action", "price"), [("accept", "0.01"), ("dismiss", "10.00")])
def test_staff_decide_in_the_admin_also_of_several(
    staff_client: APIClient, book: Book, action: str, price: str
) -> None:
    said("0.01")
    chosen = {"action": action, "_selected_action": [HeldPrice.objects.get().pk]}

    page = staff_client.post("/admin/books/heldprice/", chosen, format="multipart", follow=True)

    book.refresh_from_db()
    assert "1 prices were" in page.content.decode()
    assert book.price == Decimal(price)
