"""Editions of one work are shown together."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.support.factories import make_user
from tests.web.library.entries import add, add_editions, apply, titles_of
from tests.web.pages import get_page, text_of, texts_of
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("layout", ["grid", "list"])
def test_editions_of_a_work_are_shown_together(client: Client, reader: User, layout: str) -> None:
    """In the tab of one status as well, where the other edition has another status."""
    first, second = add_editions(reader, 2, status="read")
    LibraryEntry.objects.filter(pk=first.pk).update(status="stopped", rating=4, format="ebook")
    add(reader, "Ubik", status="read")
    add_editions(make_user(), 1)
    client.cookies["catalogue-layout"] = layout

    for path, titles in (("/library?ordering=title", ["Odes", "Ubik"]), ("/library?status=stopped", ["Odes"])):
        page = get_page(path, client)
        assert titles_of(page) == titles
        assert len(page.select("main input[name=entry]")) == len(titles) + 1
    assert texts_of(page, ".editions li") == [f"ISBN {second.book.isbn_13} Read"]
    page = get_page("/library?status=read&ordering=title", client)
    assert texts_of(page, ".editions li") == ["E-book Stopped, ★ 4"]
    assert text_of(page, ".library-tools .sort > span:first-child") == "2 books"


def test_pages_contain_works_and_the_count_contains_books(client: Client, reader: User) -> None:
    for number in range(25):
        add_editions(reader, 2, key=f"OL{number + 1}W")

    first, second = (get_page(f"/library?page={number}", client) for number in (1, 2))

    assert (len(titles_of(first)), len(titles_of(second))) == (24, 1)
    assert len({str(each["value"]) for page in (first, second) for each in page.select("main input[name=entry]")}) == 50
    assert text_of(first, ".library-tools .sort > span:first-child") == "50 books"
    assert text_of(second, ".pages span") == "Page 2 of 2"


def test_many_editions_have_a_page_of_their_own(client: Client, reader: User) -> None:
    add_editions(reader, 6)
    add(reader, "Ubik")

    page = get_page("/library", client)

    assert texts_of(page, ".editions li")[3:] == ["All 6 editions"]
    link = page.select(".editions a")[-1]["href"]
    assert titles_of(get_page(f"/library{link}", client)) == ["Odes"] * 6


def test_all_editions_of_a_page_can_be_changed_at_once(client: Client, reader: User) -> None:
    entries = [each for number in range(10) for each in add_editions(reader, 3, key=f"OL{number + 1}W")]

    apply(client, "read", *entries)

    assert LibraryEntry.objects.filter(status="read").count() == 30


def test_editions_need_a_fixed_number_of_queries(client: Client, reader: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get_page("/library", client)
        return len(queries)

    add_editions(reader, 2)
    few = count()
    for number in range(10):
        add_editions(reader, 3, key=f"OL{number + 10}W")

    assert count() == few
