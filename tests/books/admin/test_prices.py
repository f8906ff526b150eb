"""The price review in the admin."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from books.models import Book, HeldPrice
from tests.support.factories import make_book, make_user
from tests.support.prices import ingest_price, ingest_unreadable_price, list_review_states

pytestmark = pytest.mark.django_db


def decide(client: APIClient, action: str) -> str:
    """Runs the action on all held prices; returns the resulting page."""
    keys = list(HeldPrice.objects.values_list("pk", flat=True))
    form = {"action": action, "_selected_action": keys}
    response = client.post("/admin/books/heldprice/", form, format="multipart", follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("action", "state", "price"), [("accept", "accepted", "0.01"), ("dismiss", "dismissed", "10.00")]
)
def test_actions_decide_pending_prices(
    staff_client: APIClient, book: Book, action: str, state: str, price: str
) -> None:
    ingest_price("0.01")

    page = decide(staff_client, action)

    book.refresh_from_db()
    assert f"1 price was {state}." in page
    assert (list_review_states(), book.price) == ([state], Decimal(price))


def test_unreadable_prices_stay_pending(staff_client: APIClient, book: Book) -> None:
    ingest_unreadable_price()

    page = decide(staff_client, "accept")

    assert "0 prices were accepted." in page
    assert "1 price is not readable: if you know the price, enter it on the book&#x27;s page" in page
    assert list_review_states() == ["held"]


def test_deciding_requires_the_permission_to_change(book: Book) -> None:
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_heldprice"))
    client = APIClient()
    client.force_login(user)
    ingest_price("0.01")

    page = decide(client, "accept")

    assert '<option value="accept">' not in page
    assert list_review_states() == ["held"]


def test_the_list_shows_the_current_and_the_pending_price(staff_client: APIClient, book: Book) -> None:
    ingest_unreadable_price("on request")

    page = staff_client.get("/admin/books/heldprice/").content.decode()

    assert "£10.00" in page
    assert "on request" in page


@pytest.mark.parametrize("action", ["accept", "dismiss"])
def test_messages_agree_with_the_number(staff_client: APIClient, action: str) -> None:
    for price in (1, 2):
        HeldPrice.objects.create(book=make_book(), price=price, currency="GBP", reason="Doubtful.")

    assert f"2 prices were {action.rstrip('e')}ed." in decide(staff_client, action)
    assert f"0 prices were {action.rstrip('e')}ed." in decide(staff_client, action)
