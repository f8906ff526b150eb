"""`/api/watches`."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Book
from tests.support.clients import make_client
from tests.support.factories import make_book, make_user
from tests.support.prices import ingest_price
from users.models import Notification, PriceWatch, User, WatchDefault

pytestmark = pytest.mark.django_db
AT_45 = {"rule": "at_or_below", "amount": "45.00", "currency": "GBP"}
AT_30 = {**AT_45, "amount": "30.00"}


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    ingest_price("40.00")
    return Book.objects.get(source_key="upc-1")


def create(client: APIClient, book: Book, **terms: Any) -> Any:
    return client.post("/api/watches", {"book": book.pk, **terms})


def reject(client: APIClient, book: Book, **terms: Any) -> set[str]:
    """The pointers to the fields that are named by the error."""
    response = create(client, book, **terms)
    assert response.status_code == 422, response.content
    assert not PriceWatch.objects.exists()
    return {error["pointer"] for error in response.json()["errors"]}


def test_a_watch_states_the_price_the_target_and_the_lowest_price(ann_client: APIClient, book: Book) -> None:
    ingest_price("38.00")
    response = create(ann_client, book, rule="drop_percent", percent=10)

    assert response.status_code == 201
    watch = response.json()
    assert response["Location"] == f"http://testserver/api/watches/{watch['id']}"
    assert watch["book"]["title"] == book.title
    assert (watch["start_price"], watch["target"], watch["currency"]) == ("38.00", "34.20", "GBP")
    assert (watch["current"]["price"], watch["current"]["book"]) == ("38.00", book.pk)
    assert (watch["lowest"]["price"], watch["lowest"]["observations"]) == ("38.00", 2)
    assert (watch["state"], watch["is_met"], watch["fired_at"]) == ("armed", False, None)
    assert ann_client.get("/api/watches").json()["results"] == [watch]


def test_a_condition_that_is_true_already_fires_at_once(ann_client: APIClient, book: Book, ann: User) -> None:
    watch = create(ann_client, book, **AT_45).json()

    assert (watch["state"], watch["is_met"], watch["fired_price"]) == ("fired", True, "40.00")
    event = Notification.objects.get()
    assert (event.recipient, event.watch_id, event.payload["new"]) == (ann, watch["id"], "40.00")


def test_an_equal_watch_is_returned_unchanged(ann_client: APIClient, book: Book) -> None:
    first = create(ann_client, book, **AT_45)
    second = create(ann_client, book, **AT_45)
    other = create(ann_client, book, **AT_30)

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 201)
    assert second.json() == first.json()
    assert Notification.objects.count() == 1


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"rule": "at_or_below"}, "amount"),
        ({"rule": "at_or_below", "amount": "9.00"}, "currency"),
        ({"rule": "at_or_below", "amount": "0.00", "currency": "GBP"}, "amount"),
        ({"rule": "at_or_below", "amount": 9, "currency": "GBP"}, "amount"),
        ({"rule": "at_or_below", "amount": "9.00", "currency": "EUR"}, "currency"),
        ({"rule": "at_or_below", "amount": "9.00", "currency": "XYZ"}, "currency"),
        ({"rule": "at_or_below", "amount": "9.00", "currency": "gbp"}, "currency"),
        ({"rule": "at_or_below", "amount": "9.50", "currency": "JPY"}, "amount"),
        ({"rule": "drop_amount", "amount": "40.00", "currency": "GBP"}, "amount"),
        ({"rule": "drop_percent"}, "percent"),
        ({"rule": "drop_percent", "percent": 100}, "percent"),
        ({"rule": "drop_percent", "percent": 10, "amount": "1.00"}, "amount"),
        ({"rule": "lowest", "percent": 10}, "percent"),
        ({"rule": "lowest", "currency": "EUR"}, "currency"),
        ({"rule": "lowest", "currency": "XYZ"}, "currency"),
        ({"rule": "cheap"}, "rule"),
        ({"rule": "lowest", "scope": "work"}, "scope"),
        ({"rule": "lowest", "is_paused": True}, "is_paused"),
        ({"rule": "lowest", "state": "fired"}, "state"),
    ],
)
def test_an_invalid_rule_is_rejected_with_its_field(
    ann_client: APIClient, book: Book, terms: dict[str, Any], field: str
) -> None:
    assert reject(ann_client, book, **terms) == {f"/{field}"}


def test_a_book_that_the_caller_cannot_see_is_rejected(ann_client: APIClient, settings: Settings) -> None:
    settings.SHARED_SHELF = False
    assert reject(ann_client, make_book(is_published=False), rule="lowest") == {"/book"}


@pytest.mark.parametrize(
    ("book", "message"),
    [(9, "There is no row with the id 9."), ("Emma", "Enter an id: a whole number, without quotation marks.")],
)
def test_an_invalid_id_of_a_book_is_explained(ann_client: APIClient, book: object, message: str) -> None:
    response = ann_client.post("/api/watches", {"book": book, "rule": "lowest"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["detail"] == message


def test_a_reader_has_a_limited_number_of_watches(ann_client: APIClient, book: Book, settings: Settings) -> None:
    settings.WATCHES_PER_READER = 2
    create(ann_client, book, **AT_45)
    create(ann_client, book, rule="lowest")
    response = create(ann_client, book, rule="any_change")

    assert response.status_code == 409
    assert "You have 2 watches" in response.json()["detail"]
    assert create(ann_client, book, rule="lowest").status_code == 200
    assert create(make_client(make_user()), book, rule="any_change").status_code == 201


def test_changed_terms_are_compared_as_those_of_a_new_watch(ann_client: APIClient, book: Book) -> None:
    watch = create(ann_client, book, **AT_30).json()
    address = f"/api/watches/{watch['id']}"

    changed = ann_client.patch(address, {"amount": "41.00"}).json()
    assert (changed["state"], changed["is_met"], changed["target"]) == ("fired", True, "41.00")
    changed = ann_client.patch(address, {"rule": "drop_percent", "amount": None, "percent": 25}).json()
    assert (changed["state"], changed["target"], changed["start_price"]) == ("armed", "30.00", "40.00")
    assert Notification.objects.count() == 1


def test_a_changed_drop_is_counted_from_the_price_at_the_beginning(ann_client: APIClient, book: Book) -> None:
    drop = {"rule": "drop_amount", "amount": "5.00", "currency": "GBP"}
    address = f"/api/watches/{create(ann_client, book, **drop).json()['id']}"
    ingest_price("15.00")
    changed = ann_client.patch(address, {"amount": "20.00"})
    assert (changed.status_code, changed.json()["target"], changed.json()["is_met"]) == (200, "20.00", True)

    ingest_price("60.00")
    [error] = ann_client.patch(address, {"amount": "50.00"}).json()["errors"]
    assert (error["pointer"], "at the beginning was £40.00" in error["detail"]) == ("/amount", True)


def test_a_rule_without_an_amount_keeps_the_currency_of_the_price(ann_client: APIClient, book: Book) -> None:
    address = f"/api/watches/{create(ann_client, book, **AT_30).json()['id']}"

    changed = ann_client.patch(address, {"rule": "lowest", "amount": None, "currency": None})
    assert (changed.status_code, changed.json()["currency"]) == (200, "GBP")
    response = ann_client.patch(address, {"currency": "EUR"})
    assert [error["pointer"] for error in response.json()["errors"]] == ["/currency"]
    ingest_price("38.00")
    assert Notification.objects.get().payload["new"] == "38.00"


def test_a_change_to_an_equal_watch_is_a_conflict(ann_client: APIClient, book: Book) -> None:
    create(ann_client, book, **AT_30)
    watch = create(ann_client, book, **AT_45).json()

    assert ann_client.patch(f"/api/watches/{watch['id']}", {"amount": "30.00"}).status_code == 409
    assert ann_client.patch(f"/api/watches/{watch['id']}", {"amount": "45.00"}).status_code == 200


def test_a_change_that_leaves_no_valid_rule_is_rejected(ann_client: APIClient, book: Book) -> None:
    address = f"/api/watches/{create(ann_client, book, **AT_30).json()['id']}"

    for change in ({"rule": "lowest"}, {"amount": None}, {"percent": 10}, {"currency": None}, {"scope": "work"}):
        assert ann_client.patch(address, change).status_code == 422, change
    assert ann_client.get(address).json()["amount"] == "30.00"


def test_a_paused_watch_does_not_fire_until_it_is_resumed(ann_client: APIClient, book: Book) -> None:
    address = f"/api/watches/{create(ann_client, book, **AT_30).json()['id']}"
    ann_client.patch(address, {"is_paused": True})
    ingest_price("29.00")
    assert ann_client.get(address).json()["is_met"] is True
    assert not Notification.objects.exists()

    assert ann_client.patch(address, {"is_paused": False}).json()["state"] == "fired"
    assert Notification.objects.get().payload["new"] == "29.00"


def test_a_watch_on_any_change_does_not_tell_what_changed_while_it_was_paused(
    ann_client: APIClient, book: Book
) -> None:
    address = f"/api/watches/{create(ann_client, book, rule='any_change').json()['id']}"
    ann_client.patch(address, {"is_paused": True})
    ingest_price("39.00")
    ann_client.patch(address, {"is_paused": False})
    assert not Notification.objects.exists()

    ingest_price("38.00")
    assert Notification.objects.get().payload["old"] == "39.00"


def test_a_deleted_watch_does_not_fire(ann_client: APIClient, book: Book) -> None:
    address = f"/api/watches/{create(ann_client, book, **AT_30).json()['id']}"
    assert ann_client.delete(address).status_code == 204
    ingest_price("29.00")

    assert ann_client.get(address).status_code == 404
    assert not Notification.objects.exists()


def test_watches_are_filtered(ann_client: APIClient, book: Book) -> None:
    create(ann_client, book, **AT_45)
    create(ann_client, book, rule="any_change")
    create(ann_client, make_book(), rule="lowest")

    def count(**query: Any) -> int:
        return int(ann_client.get("/api/watches", query).json()["count"])

    assert (count(), count(book=book.pk), count(rule="lowest"), count(state="fired")) == (3, 2, 1, 1)
    assert (count(is_paused="true"), count(is_paused="false")) == (0, 3)


def test_a_new_watch_without_a_rule_gets_the_default_of_the_reader(ann_client: APIClient, book: Book) -> None:
    assert ann_client.get("/api/watches/default").json() == {"rule": "drop_percent", "percent": 10, "scope": "book"}
    assert create(ann_client, book).json()["target"] == "36.00"

    response = ann_client.put("/api/watches/default", {"rule": "drop_percent", "percent": 20})
    assert response.json() == {"rule": "drop_percent", "percent": 20, "scope": "book"}
    assert create(ann_client, book).json()["target"] == "32.00"
    ann_client.put("/api/watches/default", {"rule": "lowest"})
    assert create(ann_client, book).json()["rule"] == "lowest"
    assert WatchDefault.objects.count() == 1


def test_a_default_for_works_watches_a_book_without_other_rows_alone(ann_client: APIClient, book: Book) -> None:
    ann_client.put("/api/watches/default", {"rule": "lowest", "scope": "work"})
    assert create(ann_client, book).json()["scope"] == "book"

    Book.objects.update(isbn_13="9780140447934")
    assert create(ann_client, book).json()["scope"] == "work"


def test_a_default_per_cent_belongs_to_its_rule(ann_client: APIClient) -> None:
    response = ann_client.put("/api/watches/default", {"rule": "lowest", "percent": 20})

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == ["/percent"]
