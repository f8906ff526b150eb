"""The page of the library: tabs, filters, layouts, and the shared library."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.support.factories import make_user
from tests.web.library.entries import add, apply, statuses, titles_of
from tests.web.pages import BROWSER, get_page, text_of, texts_of
from users.models import User

pytestmark = pytest.mark.django_db


def test_tabs_show_counts_and_filter_by_status(client: Client, reader: User) -> None:
    add(reader, "Odes", status="read")
    add(reader, "Emma")
    add(make_user(), "Hidden")
    add(None, "Shared")

    page = get_page("/library", client)
    assert texts_of(page, "nav[aria-label=Statuses] a") == [
        "All 2", "Want to read 1", "Reading 0", "Paused 0", "Read 1", "Stopped 0",
    ]  # fmt: skip
    assert titles_of(page) == ["Emma", "Odes"]
    assert titles_of(get_page("/library?status=read", client)) == ["Odes"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("text=ode", ["Odes"]),
        ("text=train", ["Emma"]),
        ("rating=4.5", ["Odes"]),
        ("ordering=title", ["Emma", "Odes"]),
        ("ordering=-rating", ["Odes", "Emma"]),
        ("text=nothing", []),
    ],
)
def test_search_rating_and_order(client: Client, reader: User, query: str, expected: list[str]) -> None:
    add(reader, "Odes", rating=4.5)
    add(reader, "Emma", notes="Read on the train.")

    assert titles_of(get_page(f"/library?{query}", client)) == expected


def test_layout_is_remembered_and_keeps_the_filters(client: Client, reader: User) -> None:
    add(reader, "Odes")

    response = client.get("/library/as/list?status=want_to_read")
    assert response["Location"] == "/library?status=want_to_read"
    assert get_page("/library", client).select("ul.rows li.row")


def test_pages_keep_the_filters(client: Client, reader: User) -> None:
    for number in range(25):
        add(reader, f"Book {number:02}")

    page = get_page("/library?ordering=title", client)
    assert len(titles_of(page)) == 24
    following = page.select_one("a[rel=next]")
    assert following is not None
    assert titles_of(get_page(f"/library{following['href']}", client)) == ["Book 24"]
    get_page("/library?page=3", client, status=404)
    get_page("/library?rating=9", client, status=422)


def test_an_empty_library_says_how_to_add_books(client: Client) -> None:
    assert "no books yet" in text_of(get_page("/library", client), "main .notice")


def test_the_shared_library_is_for_everybody_while_it_is_on(settings: Settings, client: Client, reader: User) -> None:
    entry = add(None, "Odes")
    add(reader, "Emma")
    assert Client().get("/library", headers=BROWSER)["Location"] == "/sign-in?next=/library"
    get_page("/library?shared=true", client, status=403)

    settings.SHARED_SHELF = True
    guest = Client()
    assert titles_of(get_page("/library", guest)) == ["Odes"]
    assert titles_of(get_page("/library", client)) == ["Emma"]
    assert titles_of(get_page("/library?shared=true", client)) == ["Odes"]
    apply(client, "reading", entry, shared="true")
    assert statuses(None) == {"Odes": "reading"}
    assert apply(guest, "read", entry, shared="true").status_code == 412  # the member was first
    entry.refresh_from_db()
    apply(guest, "remove", entry, shared="true")
    guest.post("/library/undo", {"shared": "true"})
    assert statuses(None) == {"Odes": "reading"}


def test_number_of_queries_does_not_depend_on_the_number_of_books(client: Client, reader: User) -> None:
    numbers = []
    for size in (1, 20):
        for number in range(size):
            add(reader, f"Book {size} {number}")
        with CaptureQueriesContext(connection) as queries:
            get_page("/library", client)
        numbers.append(len(queries))

    assert numbers[0] == numbers[1] == 11
