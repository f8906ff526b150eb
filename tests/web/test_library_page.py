"""The page of the library: tabs, filters, changes of several entries, and their undo."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from core.partial_date import PartialDate
from tests.support.factories import make_book, make_user
from tests.web.pages import BROWSER, get_page, parse, text_of, texts_of
from users.library.tags import set_tags
from users.models import LibraryEntry, Reading, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _closed(settings: Settings) -> None:
    settings.SHARED_SHELF = False


@pytest.fixture
def reader() -> User:
    return make_user(name="Ann")


@pytest.fixture
def client(reader: User) -> Client:
    browser = Client()
    browser.force_login(reader)
    return browser


def add(owner: User | None, title: str, **fields: Any) -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.create(user=owner, book=make_book(title=title), **fields)
    return entry


def titles_of(page: BeautifulSoup) -> list[str]:
    return texts_of(page, "li h3")


def apply(client: Client, action: str, *entries: LibraryEntry, **fields: Any) -> Any:
    selected = [f"{entry.pk}-{entry.version}" for entry in entries]
    return client.post("/library/change", {"action": action, "entry": selected, **fields}, headers=BROWSER)


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


def test_status_of_several_books_is_changed_and_undone(client: Client, reader: User) -> None:
    entries = [add(reader, "Odes", status="read"), add(reader, "Emma"), add(reader, "Ubik")]

    response = apply(client, "reading", *entries[:2], query="ordering=title")
    assert response["Location"] == "/library?ordering=title"
    assert "2 books set to “Reading”." in texts_of(get_page("/library", client), ".notice")
    assert statuses(reader) == {"Odes": "reading", "Emma": "reading", "Ubik": "want_to_read"}

    client.post("/library/undo")
    assert statuses(reader) == {"Odes": "read", "Emma": "want_to_read", "Ubik": "want_to_read"}
    client.post("/library/undo")
    assert "There is no change to undo." in texts_of(get_page("/library", client), ".notice")


def statuses(owner: User | None) -> dict[str, str]:
    return dict(LibraryEntry.objects.owned_by(owner).values_list("book__title", "status"))


def test_removal_is_undone_with_everything_in_the_entries(client: Client, reader: User) -> None:
    entry = add(reader, "Odes", status="read", rating=4.5, notes="Lent to Bob")
    Reading.objects.create(entry=entry, started_on=date(2026, 1, 2))
    before = LibraryEntry.objects.get()

    apply(client, "remove", entry)
    assert not LibraryEntry.objects.exists()

    client.post("/library/undo")
    restored = LibraryEntry.objects.get()
    for name in ("user", "book", "status", "rating", "notes", "created_at"):
        assert getattr(restored, name) == getattr(before, name), name
    assert list(restored.readings.values_list("started_on", "finished_on")) == [(PartialDate(2026, 1, 2), None)]


def test_undo_keeps_what_was_changed_since(client: Client, reader: User) -> None:
    changed, removed = add(reader, "Odes"), add(reader, "Emma")
    apply(client, "read", changed)
    client.post(f"/book/{changed.book_id}/library", {"status": "stopped", "seen_status": "read"})
    client.post("/library/undo")
    assert statuses(reader)["Odes"] == "stopped"

    apply(client, "remove", removed)
    add_again = LibraryEntry.objects.create(user=reader, book=removed.book, notes="New")
    client.post("/library/undo")
    assert LibraryEntry.objects.get(book=removed.book) == add_again
    assert any("stayed as they are" in text for text in texts_of(get_page("/library", client), ".notice"))


def test_a_book_that_was_changed_since_is_not_overwritten(client: Client, reader: User) -> None:
    entry, other = add(reader, "Odes"), add(reader, "Emma")
    client.post(f"/book/{entry.book_id}/library", {"status": "read", "seen_status": "want_to_read"})

    response = apply(client, "stopped", entry, other, query="ordering=title")
    page = parse(response)
    assert response.status_code == 412
    assert texts_of(page, "tbody tr th, tbody tr td") == ["Odes", "Read", "Stopped"]
    assert statuses(reader) == {"Odes": "read", "Emma": "stopped"}

    assert page.select("header input[name=q]")[0].get("value") == ""
    form = page.select_one("main form")
    assert form is not None
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[name]")}
    client.post(str(form["action"]), fields)
    assert statuses(reader) == {"Odes": "stopped", "Emma": "stopped"}


def test_removal_of_a_changed_book_shows_both_versions(client: Client, reader: User) -> None:
    entry = add(reader, "Odes", notes="Lent to Bob")
    client.post(f"/book/{entry.book_id}/library", {"rating": "4"})

    page = parse(apply(client, "remove", entry))

    assert texts_of(page, "tbody td") == ["Want to read, rated 4, “Lent to Bob”", "Removed"]
    assert LibraryEntry.objects.count() == 1


@pytest.mark.parametrize(
    "form", [{}, {"action": "read"}, {"action": "lost", "entry": "1-1"}, {"action": "read", "entry": "x"}]
)
def test_incomplete_forms_change_nothing(client: Client, reader: User, form: dict[str, str]) -> None:
    add(reader, "Odes")

    assert client.post("/library/change", form).status_code == 302
    assert texts_of(get_page("/library", client), ".notice.bad")
    assert statuses(reader) == {"Odes": "want_to_read"}


def test_entries_of_others_are_not_changed(client: Client) -> None:
    other, shared = add(make_user(), "Odes"), add(None, "Emma")

    apply(client, "remove", other, shared)

    assert LibraryEntry.objects.count() == 2


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


@pytest.mark.parametrize("path", ["/library/change", "/library/undo"])
def test_changes_need_a_token_against_request_forgery(reader: User, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reader)

    assert browser.post(path, {"action": "remove"}).status_code == 403


def test_number_of_queries_does_not_depend_on_the_number_of_books(client: Client, reader: User) -> None:
    numbers = []
    for size in (1, 20):
        for number in range(size):
            add(reader, f"Book {size} {number}")
        with CaptureQueriesContext(connection) as queries:
            get_page("/library", client)
        numbers.append(len(queries))

    assert numbers[0] == numbers[1] == 11


def tags_of(entry: LibraryEntry) -> list[str]:
    return [tag.name for tag in entry.tags.all()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag=CRIME", ["Odes"]), ("tag=nothing", []), ("tag=", ["Emma", "Odes"]), ("owned=true", ["Odes"]),
        ("owned=false", ["Emma"]), ("book_format=audio", ["Emma"]), ("book_format=paper&tag=crime", []),
    ],
)  # fmt: skip
def test_tag_copy_and_format_filter(client: Client, reader: User, query: str, expected: list[str]) -> None:
    set_tags(add(reader, "Odes", owned=True), ["Crime"])
    add(reader, "Emma", format="audio")

    page = get_page(f"/library?{query}", client)

    assert titles_of(page) == expected
    assert "Crime (1)" in texts_of(page, "select[name=tag] option")


def test_tags_of_several_books_are_changed_and_undone(client: Client, reader: User) -> None:
    entries = [add(reader, "Odes"), add(reader, "Emma")]
    set_tags(entries[0], ["war"])

    apply(client, "add-tag", *entries, tag=" to  lend ")
    assert "Tag “to lend” added to 2 books." in texts_of(get_page("/library", client), ".notice")
    assert [tags_of(entry) for entry in entries] == [["to lend", "war"], ["to lend"]]
    for entry in entries:
        entry.refresh_from_db()
    apply(client, "remove-tag", *entries, tag="To Lend")
    assert [tags_of(entry) for entry in entries] == [["war"], []]
    client.post("/library/undo")
    assert [tags_of(entry) for entry in entries] == [["to lend", "war"], ["to lend"]]


def test_several_tags_are_separated_by_commas_also_after_a_conflict(client: Client, reader: User) -> None:
    entry = add(reader, "Odes")
    LibraryEntry.objects.update(version=2)

    page = parse(apply(client, "add-tag", entry, tag='war, "food, drink"'))

    assert texts_of(page, "tbody td") == ["Want to read", "Tags “war”, “food, drink” added"]
    client.post(
        "/library/change", {str(each["name"]): str(each["value"]) for each in page.select("main form input[name]")}
    )
    assert tags_of(entry) == ["food, drink", "war"]


@pytest.mark.parametrize("tag", ["", "x" * 101, "\u0301"])
def test_invalid_tags_change_nothing(client: Client, reader: User, tag: str) -> None:
    entry = add(reader, "Odes")

    apply(client, "add-tag", entry, tag=tag)

    assert texts_of(get_page("/library", client), ".notice.bad")
    assert tags_of(entry) == []


def test_books_without_room_for_more_tags_are_named_and_others_are_tagged(client: Client, reader: User) -> None:
    full, other = add(reader, "Odes"), add(reader, "Emma")
    set_tags(full, [f"t{number:03}" for number in range(99)])

    apply(client, "add-tag", full, other, tag="a, b, t001")

    notices = " ".join(texts_of(get_page("/library", client), ".notice"))
    assert "Tags “a”, “b”, “t001” added to 1 book." in notices
    assert "No tags were added to “Odes”: a book can have 100 tags. Remove some of them first." in notices
    assert (len(tags_of(full)), tags_of(other)) == (99, ["a", "b", "t001"])
    apply(client, "add-tag", full, tag="a, t001")
    assert len(tags_of(full)) == 100


@pytest.mark.parametrize(("tag", "message"), [("x" * 50_001, "50,000 characters"), ("a," * 101, "at most 100 tags")])
def test_a_text_with_too_many_tags_is_not_cut(client: Client, reader: User, tag: str, message: str) -> None:
    entry = add(reader, "Odes")

    apply(client, "add-tag", entry, tag=tag)

    assert message in text_of(get_page("/library", client), ".notice.bad")
    assert tags_of(entry) == []


def test_conflict_keeps_the_tag(client: Client, reader: User) -> None:
    entry = add(reader, "Odes")
    LibraryEntry.objects.update(version=2)

    page = parse(apply(client, "add-tag", entry, tag="war"))

    assert texts_of(page, "tbody td") == ["Want to read", "Tag “war” added"]
    fields = {str(each["name"]): str(each["value"]) for each in page.select("main form input[name]")}
    client.post("/library/change", fields)
    assert tags_of(entry) == ["war"]


def add_editions(reader: User, number: int, key: str = "OL4W", **fields: Any) -> list[LibraryEntry]:
    books = [make_book(title="Odes", work_key=key, isbn_13=f"978000000000{index}") for index in range(number)]
    return [LibraryEntry.objects.create(user=reader, book=book, **fields) for book in books]


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
