"""Price watches on the page of a book and on the page of all watches, without scripts."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books.models import Book, HeldPrice
from books.prices.review import accept_prices
from tests.support.factories import make_book, make_user
from tests.support.prices import ingest_price
from tests.support.watches import watch
from tests.web.pages import BROWSER, get_page, parse, text_of, texts_of
from users.models import Channel, Notification, PriceWatch, User, WatchDefault, WatchRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    ingest_price("40.00", title="Odes", isbn_13="9780140447934")
    return Book.objects.get(source_key="upc-1")


def send(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, fields, headers=BROWSER)


def add(client: Client, book: Book, **fields: Any) -> Any:
    return send(client, f"/book/{book.pk}/watches/new", **fields)


def test_visitors_are_asked_to_sign_in(book: Book) -> None:
    page = get_page(f"/book/{book.pk}")

    assert text_of(page, "#watch") == "Sign in to watch this price."


def test_the_form_starts_with_a_drop_by_per_cent_and_states_the_resulting_prices(
    owner_client: Client, book: Book
) -> None:
    page = get_page(f"/book/{book.pk}", owner_client)

    (chosen,) = page.select("#watch input[name=rule][checked]")
    assert chosen["value"] == "drop_percent"
    assert text_of(page, "#watch option[selected]") == "10%: £36.00 or less"
    assert "25%: £30.00 or less" in texts_of(page, "#watch option")


def test_a_watch_is_added_and_stated_on_the_page(owner_client: Client, owner: User, book: Book) -> None:
    response = add(owner_client, book, rule="drop_percent", percent="25")
    assert response.status_code == 302
    page = get_page(response["Location"], owner_client)

    assert "You watch this price. It is £40.00 now." in texts_of(page, ".notice")
    assert text_of(page, "#watch li").startswith("Drop by 25% (£30.00) Waiting It is £40.00 now.")
    stored = PriceWatch.objects.get()
    assert (stored.user, stored.book, stored.rule, stored.percent) == (owner, book, WatchRule.DROP_PERCENT, 25)


def test_a_condition_that_is_true_already_is_stated_at_once(owner_client: Client, book: Book) -> None:
    response = add(owner_client, book, rule="at_or_below", below="45", percent="10")
    page = get_page(response["Location"], owner_client)

    (notice,) = texts_of(page, ".notice")
    assert notice == "You watch this price. The condition is true now: £40.00. A notification is on its way."
    assert "Reached" in text_of(page, "#watch li")
    assert Notification.objects.count() == 1


def test_the_event_names_the_target_with_two_decimal_places(owner_client: Client, book: Book) -> None:
    add(owner_client, book, rule="at_or_below", below="60")

    assert Notification.objects.get().payload["target"] == "60.00"


def test_the_list_starts_with_the_watches_that_have_fired(owner_client: Client, owner: User, book: Book) -> None:
    fired = watch(book, user=owner, amount="45")
    waiting, paused = watch(book, "lowest", user=owner), watch(book, user=owner, amount="50")
    PriceWatch.objects.filter(pk=paused.pk).update(is_paused=True)

    page = get_page("/watches", owner_client)

    links = [link["href"] for link in page.select(".watch-actions a")]
    assert links == [f"/watches/{each.pk}" for each in (fired, waiting, paused)]
    assert "3 watches" in text_of(page, ".intro")


def test_a_reader_without_a_channel_learns_where_notifications_are(
    owner_client: Client, owner: User, book: Book
) -> None:
    watch(book, "lowest", user=owner)
    paths = ["/watches", f"/book/{book.pk}"]
    assert all("Get an e-mail too" in text_of(get_page(path, owner_client), "main") for path in paths)

    Channel.objects.create(owner=owner, kind="webhook", address="https://hooks.example", confirmed_at=timezone.now())
    assert not any("Get an e-mail too" in text_of(get_page(path, owner_client), "main") for path in paths)


def test_an_equal_watch_is_not_added_again(owner_client: Client, book: Book) -> None:
    add(owner_client, book, rule="lowest")
    response = add(owner_client, book, rule="lowest")

    page = get_page(response["Location"], owner_client)
    assert "You have this watch already. It is £40.00 now." in texts_of(page, ".notice")
    assert PriceWatch.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"rule": "at_or_below"}, "Enter an amount above zero."),
        ({"rule": "at_or_below", "below": "1e999"}, "The amount is too large."),
        ({"rule": "at_or_below", "below": "1e9"}, "The amount is too large."),
        ({"rule": "at_or_below", "below": "abc"}, "Enter an amount, such as 19.99."),
        ({"rule": "at_or_below", "below": "-1"}, "Enter an amount above zero."),
        ({"rule": "at_or_below", "below": "1.234"}, "Enter at most two decimal places."),
        ({"rule": "drop_amount", "drop": "40"}, "The price is £40.00, so it cannot drop by as much."),
        ({"rule": "drop_percent", "percent": "101"}, "Select a valid choice."),
        ({"rule": "drop_percent"}, "Enter a whole number from 1 to 99."),
        ({"rule": "free"}, "Select a valid choice."),
        ({}, "This field is required."),
    ],
)
def test_an_invalid_form_states_what_to_do(
    owner_client: Client, book: Book, fields: dict[str, str], error: str
) -> None:
    response = add(owner_client, book, **fields)

    assert response.status_code == 422
    assert error in " ".join(texts_of(parse(response), ".errorlist"))
    assert not PriceWatch.objects.exists()


def test_a_value_of_another_rule_is_not_ignored(owner_client: Client, book: Book) -> None:
    """The form starts with a drop by per cent, so an amount that was entered shows that its rule was meant."""
    response = add(owner_client, book, rule="drop_percent", percent="10", below="20", is_default="on")

    page = parse(response)
    assert (response.status_code, PriceWatch.objects.count()) == (422, 0)
    error = "To use this value, choose its rule. To keep the chosen rule, enter nothing here."
    assert text_of(page, ".errorlist") == error
    assert page.select("input[name=below]")[0]["value"] == "20"
    assert page.select("input[name=is_default][checked]")


def test_a_per_cent_of_another_rule_is_not_ignored(owner_client: Client, owner: User, book: Book) -> None:
    WatchDefault.objects.create(user=owner, rule=WatchRule.LOWEST, percent=None)
    page = parse(add(owner_client, book, rule="lowest", percent="25"))
    assert text_of(page, ".errorlist").endswith("To keep the chosen rule, choose 10% here.")

    assert add(owner_client, book, rule="lowest", percent="10").status_code == 302


def test_a_rule_that_was_chosen_needs_no_other_field_emptied(owner_client: Client, book: Book) -> None:
    assert add(owner_client, book, rule="lowest", percent="10", below="20").status_code == 302


def test_a_book_without_a_price_asks_for_the_currency(owner_client: Client) -> None:
    book = make_book()
    assert get_page(f"/book/{book.pk}", owner_client).select("#watch input[name=currency]")
    response = add(owner_client, book, rule="at_or_below", below="9")
    assert "State the currency" in text_of(parse(response), ".errorlist")

    assert add(owner_client, book, rule="at_or_below", below="9", currency="gbp").status_code == 302
    assert PriceWatch.objects.get().currency == "GBP"


def test_the_rule_of_new_watches_can_be_set_while_adding(owner_client: Client, owner: User, book: Book) -> None:
    add(owner_client, book, rule="drop_percent", percent="30", is_default="on")

    assert WatchDefault.objects.get(user=owner).percent == 30
    page = get_page(f"/book/{book.pk}", owner_client)
    assert text_of(page, "#watch option[selected]") == "30%: £28.00 or less"


def test_every_row_of_a_work_can_be_watched(owner_client: Client, book: Book) -> None:
    add(owner_client, book, rule="at_or_below", below="30", every_row="on")
    ingest_price("29.00", source="other", title="Odes again", isbn_13="9780140447934")

    assert Notification.objects.get().payload["title"] == "Odes again"
    stated = text_of(get_page(f"/book/{book.pk}", owner_client), "#watch li")
    assert stated.startswith("At or below £30.00, every row of the work Reached The condition is true now: £29.00.")


def test_the_page_of_all_watches_has_price_target_lowest_and_state(owner_client: Client, book: Book) -> None:
    ingest_price("38.00")
    add(owner_client, book, rule="drop_percent", percent="10")
    ingest_price("39.00")
    page = get_page("/watches", owner_client)

    row = text_of(page, ".watch-row")
    today = timezone.localdate()
    assert "Drop by 10% Waiting" in row
    lowest = f"Lowest £38.00 since {today:%-d %b %Y} (3 observations)"
    assert f"Now £39.00 Target £34.20 {lowest} Last notification never" in row


@pytest.mark.parametrize(
    "fields", [{"rule": "drop_percent", "percent": "10"}, {"rule": "any_change"}, {"rule": "back_in_stock"}]
)
def test_a_watch_says_that_it_does_not_compare_the_price_in_another_currency(
    owner_client: Client, book: Book, fields: dict[str, str]
) -> None:
    add(owner_client, book, **fields)
    ingest_price("44.00", currency="EUR")
    accept_prices(HeldPrice.objects.all())

    pages = [get_page(path, owner_client) for path in ("/watches", f"/book/{book.pk}")]

    notice = "The price is in EUR now. To watch it in EUR, delete this watch and add another one."
    texts = [text_of(pages[0], ".watch-row"), text_of(pages[1], ".watch-line")]
    assert [notice in text for text in texts] == [fields["rule"] == "drop_percent"] * 2


def test_a_reader_without_watches_is_told_how_to_add_one(owner_client: Client) -> None:
    watch(make_book(), WatchRule.LOWEST, user=make_user())  # of another reader

    assert text_of(get_page("/watches", owner_client), ".notice").startswith("You watch no prices yet.")


def test_a_watch_is_changed(owner_client: Client, owner: User, book: Book) -> None:
    stored = watch(book, amount="30.00", user=owner)
    page = get_page(f"/watches/{stored.pk}", owner_client)
    assert page.select("#watch-below")[0]["value"] == "30.00"

    for amount in ("0", "sNaN"):
        assert send(owner_client, f"/watches/{stored.pk}", rule="at_or_below", below=amount).status_code == 422
    response = send(owner_client, f"/watches/{stored.pk}", rule="drop_percent", percent="50")
    assert response["Location"] == "/watches"
    stored.refresh_from_db()
    assert (stored.rule, stored.percent, stored.amount) == (WatchRule.DROP_PERCENT, 50, None)


def test_a_watch_is_paused_and_resumed(owner_client: Client, owner: User, book: Book) -> None:
    stored = watch(book, amount="30.00", user=owner)
    send(owner_client, f"/watches/{stored.pk}/pause", paused="true")
    assert "Paused" in text_of(get_page("/watches", owner_client), ".watch-row")
    ingest_price("29.00")
    assert not Notification.objects.exists()

    send(owner_client, f"/watches/{stored.pk}/pause", paused="false")
    assert Notification.objects.count() == 1


def test_an_invalid_page_number_is_not_found(owner_client: Client) -> None:
    get_page("/watches?page=7", owner_client, status=404)
