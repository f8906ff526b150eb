"""The library: one's own shelf, and the household's."""

from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Author, Book
from books.openlibrary import catalogue
from tests.factories import make_book, make_user
from tests.openlibrary.app import EDITIONS, WORKS, OpenLibrary
from tests.users.test_api import PASSWORD, signed_in
from users.models import LibraryEntry, Reading

pytestmark = pytest.mark.django_db
PENGUIN = "9780140447934"


@pytest.fixture
def ann() -> APIClient:
    return signed_in(make_user(name="Ann", password=PASSWORD))


def save(client: APIClient, **body: Any) -> Any:
    return client.post("/api/library", body)


def test_a_work_is_fetched_and_kept_by_the_server(ann: APIClient, open_library: OpenLibrary) -> None:
    answer = save(ann, work_key="/works/OL10W", status="reading", rating="4.5", notes="Long.")

    body = answer.json()
    assert answer.status_code == 201, body
    assert body["book"]["title"] == "War and Peace"
    assert [author["name"] for author in body["book"]["authors"]] == ["Leo Tolstoy"]
    assert (body["book"]["source"], body["book"]["source_key"], body["book"]["isbn_13"]) == (
        "open_library",
        "OL10W",
        None,
    )
    assert (body["status"], body["rating"], body["notes"], body["readings"]) == ("reading", "4.5", "Long.", [])
    assert Book.objects.get().description == "A novel.\n\nLong."


def test_saving_again_is_200_and_changes_nothing(ann: APIClient, open_library: OpenLibrary) -> None:
    first = save(ann, work_key="OL10W", notes="Mine.").json()
    asked = sum(open_library.asked.values())

    again = save(ann, work_key="OL10W", notes="Other.", status="read")

    assert (again.status_code, again.json()) == (200, first)
    assert sum(open_library.asked.values()) == asked


def test_a_redirected_work_is_its_target(ann: APIClient, open_library: OpenLibrary) -> None:
    assert save(ann, work_key="OL11W").json()["book"]["work_key"] == "OL10W"
    assert save(ann, work_key="OL10W").status_code == 200


def test_an_author_who_was_redirected_is_named_once(ann: APIClient, open_library: OpenLibrary) -> None:
    book = save(ann, work_key="OL12W").json()["book"]

    assert {author["name"] for author in book["authors"]} == {"Astrid Lindgren"}


@pytest.mark.parametrize("isbn", [PENGUIN, "0-14-044793-8"])
def test_an_isbn_is_its_very_edition(ann: APIClient, open_library: OpenLibrary, isbn: str) -> None:
    book = save(ann, isbn=isbn).json()["book"]

    assert (book["title"], book["isbn_13"], book["work_key"]) == ("War and Peace (Penguin)", PENGUIN, "OL10W")
    assert (book["source_key"], book["first_publish_year"]) == ("OL20M", 1869)
    assert save(ann, isbn=PENGUIN).status_code == 200


def test_an_edition_whose_work_is_gone_is_kept_all_the_same(ann: APIClient, open_library: OpenLibrary) -> None:
    assert save(ann, isbn="9789129657531").json()["book"]["title"] == "Pippi Långstrump"


def test_a_book_of_the_catalogue_needs_no_open_library(ann: APIClient, settings: Settings) -> None:
    settings.OPENLIBRARY_URL = "http://127.0.0.1:9/"
    book = make_book(title="Ours", isbn_13=PENGUIN)

    assert save(ann, book=book.pk).json()["book"]["id"] == book.pk
    assert save(ann, isbn=PENGUIN).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "", "Exactly one of"),
        ({"work_key": "OL10W", "isbn": PENGUIN}, "", "Exactly one of"),
        ({"work_key": "OL1M"}, "/work_key", "Not the key of a work"),
        ({"work_key": "OL404W"}, "/work_key", "has no such record"),
        ({"work_key": "OL13W"}, "/work_key", "redirected more than"),
        ({"work_key": "OL15W"}, "/work_key", "title: is missing"),
        ({"isbn": "9780140447935"}, "/isbn", "check digit"),
        ({"isbn": "9780306406157"}, "/isbn", "has no such record"),
        ({"book": 10**9}, "/book", "does not exist"),
        ({"work_key": "OL10W", "rating": 4.7}, "/rating", "in halves"),
        ({"work_key": "OL10W", "rating": 0.5}, "/rating", "in halves"),
        ({"work_key": "OL10W", "rating": True}, "/rating", "in halves"),
        ({"work_key": "OL10W", "status": "lent"}, "/status", "not a valid choice"),
        ({"work_key": "OL10W", "title": "x"}, "/title", "No such field"),
    ],
)
def test_what_cannot_be_saved(
    ann: APIClient, open_library: OpenLibrary, body: dict[str, Any], pointer: str, words: str
) -> None:
    answer = save(ann, **body)

    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["pointer"], words in error["detail"]) == (pointer, True), error
    assert not LibraryEntry.objects.exists()
    assert not Book.objects.exists()


@pytest.mark.parametrize("fault", ["html500", "ratelimit", "refuse", "truncated"])
def test_without_open_library_nothing_is_saved_and_later_it_works(
    ann: APIClient, open_library: OpenLibrary, fault: str
) -> None:
    open_library.fault = fault
    answer = save(ann, work_key="OL10W")

    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("Nothing was saved: Open Library")
    assert int(answer["Retry-After"]) > 0
    assert not Book.objects.exists()
    open_library.fault = ""
    call_command(
        "shell", "-v0", "-c", "from books.models import OutsideService as O; O.objects.update(resting_until=0)"
    )
    assert save(ann, work_key="OL10W").status_code == 201


def test_the_earlier_clients_paths(client: APIClient, open_library: OpenLibrary) -> None:
    body = {"work_key": "OL10W", "title": "A lie", "author": ["Nobody"], "cover": None}
    saved = client.post("/save", body)

    assert saved.status_code == 201
    assert saved.json()["book"]["title"] == "War and Peace"
    assert not Author.objects.filter(name="Nobody").exists()
    assert [entry["id"] for entry in client.get("/saved").json()["results"]] == [saved.json()["id"]]
    assert client.delete(f"/delete/{saved.json()['id']}").status_code == 204
    assert client.get("/saved").json()["count"] == 0
    assert Book.objects.count() == 1  # the catalogue keeps it


def entry_of(client: APIClient, **fields: Any) -> Any:
    return save(client, book=make_book(**fields).pk).json()


def test_changes(ann: APIClient) -> None:
    entry = entry_of(ann)
    address = f"/api/library/{entry['id']}"

    changed = ann.patch(address, {"status": "read", "rating": "3.0", "notes": "Again!"})

    assert {name: changed.json()[name] for name in ("status", "rating", "notes")} == {
        "status": "read", "rating": "3.0", "notes": "Again!",
    }  # fmt: skip
    assert ann.patch(address, {"rating": None}).json()["rating"] is None
    assert ann.patch(address, {"book": 1}).status_code == 422
    assert ann.put(address, {}).status_code == 405


def test_a_lost_update_is_412(ann: APIClient) -> None:
    address = f"/api/library/{entry_of(ann)['id']}"
    read = ann.get(address)["ETag"]

    first = ann.patch(address, {"notes": "One"}, headers={"If-Match": read})
    second = ann.patch(address, {"notes": "Two"}, headers={"If-Match": read})

    assert (first.status_code, second.status_code) == (200, 412)
    assert ann.get(address).json()["notes"] == "One"
    assert ann.patch(address, {"notes": "Two"}, headers={"If-Match": f'"x", {first["ETag"]}'}).status_code == 200
    assert ann.patch(address, {"notes": "Three"}, headers={"If-Match": "*"}).status_code == 200


def test_readings(ann: APIClient) -> None:
    entry = entry_of(ann)
    address = f"/api/library/{entry['id']}"
    before = ann.get(address)["ETag"]

    first = ann.post(f"{address}/readings", {"started_on": "2024-01-01", "finished_on": "2024-02-01"}).json()
    ann.post(f"{address}/readings", {})
    again = ann.post(f"{address}/readings", {"finished_on": "2025-05-05"}).json()

    assert [reading["finished_on"] for reading in ann.get(address).json()["readings"]] == [
        "2024-02-01",
        None,
        "2025-05-05",
    ]
    assert ann.get(address)["ETag"] != before
    assert (
        ann.patch(f"{address}/readings/{again['id']}", {"started_on": "2025-05-01"}).json()["started_on"]
        == "2025-05-01"
    )
    refused = ann.patch(f"{address}/readings/{first['id']}", {"finished_on": "2023-12-31"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/finished_on")
    assert ann.delete(f"{address}/readings/{first['id']}").status_code == 204
    assert Reading.objects.count() == 2


def test_what_is_another_s_is_not_there_for_anyone_else(
    ann: APIClient, client: APIClient, staff_client: APIClient
) -> None:
    address = f"/api/library/{entry_of(ann)['id']}"
    reading = ann.post(f"{address}/readings", {}).json()["id"]

    for other in (client, staff_client, signed_in(make_user())):
        assert other.get(address).status_code == 404
        assert other.patch(address, {"notes": "x"}).status_code == 404
        assert other.delete(address).status_code == 404
        assert other.post(f"{address}/readings", {}).status_code == 404
        assert other.patch(f"{address}/readings/{reading}", {}).status_code == 404
        assert other.delete(f"{address}/readings/{reading}").status_code == 404
        assert other.get("/api/library").json()["count"] == 0
        assert other.get("/api/library/summary").json()["want_to_read"] == 0
    assert ann.get(address).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/library"), ("post", "/api/library"), ("get", "/saved"), ("post", "/save"),
        ("delete", "/delete/1"),
        ("get", "/api/library/1"), ("patch", "/api/library/1"), ("get", "/api/library/summary"),
        ("post", "/api/library/1/readings"),
    ],
)  # fmt: skip
def test_without_a_shared_shelf_a_stranger_must_sign_in(
    client: APIClient, settings: Settings, method: str, path: str
) -> None:
    settings.SHARED_SHELF = False

    answer = getattr(client, method)(path, {})

    assert answer.status_code == 401
    assert "shared shelf" in answer.json()["detail"]


def test_the_household_shares_a_shelf_that_members_do_not_see(client: APIClient, ann: APIClient) -> None:
    book = make_book()

    assert save(client, book=book.pk).status_code == 201
    assert save(APIClient(), book=book.pk).status_code == 200
    assert save(ann, book=book.pk).status_code == 201
    assert LibraryEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Emma", "Dune", "Ubik"]),
        ("status=read", ["Dune"]),
        ("rating=4.5", ["Dune"]),
        ("rating=4", ["Ubik"]),
        ("rating=4.0", ["Ubik"]),
        ("author=frank herbert", ["Dune"]),
        ("text=DÚN", ["Dune"]),
        ("text=herbert", ["Dune"]),
        ("text=lent to", ["Ubik"]),
        ("ordering=title", ["Dune", "Emma", "Ubik"]),
        ("ordering=-rating", ["Dune", "Ubik", "Emma"]),
        ("ordering=created_at", ["Ubik", "Dune", "Emma"]),
        ("limit=1&page=2", ["Dune"]),
    ],
)
def test_filters_and_orderings(ann: APIClient, query: str, expected: list[str]) -> None:
    save(ann, book=make_book(title="Ubik").pk, rating=4, notes="Lent to Bob")
    save(ann, book=make_book(title="Dune", authors=["Frank Herbert"]).pk, status="read", rating="4.5")
    save(ann, book=make_book(title="Emma").pk)

    assert [entry["book"]["title"] for entry in ann.get(f"/api/library?{query}").json()["results"]] == expected


def test_a_page_costs_a_fixed_number_of_queries(ann: APIClient, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        entry = entry_of(ann, title=f"B{number}", authors=[f"A{number}"])
        ann.post(f"/api/library/{entry['id']}/readings", {})

    with django_assert_max_num_queries(9):
        assert len(ann.get("/api/library?limit=12").json()["results"]) == 12


def test_counts_by_status(ann: APIClient) -> None:
    for status in ("read", "read", "stopped"):
        save(ann, book=make_book().pk, status=status)

    assert ann.get("/api/library/summary").json() == {"want_to_read": 0, "reading": 0, "read": 2, "stopped": 1}


def test_a_book_on_a_shelf_stays_in_the_catalogue(ann: APIClient, staff_client: APIClient) -> None:
    entry = entry_of(ann)

    assert staff_client.delete(f"/api/books/{entry['book']['id']}").status_code == 409


def test_an_account_that_is_deleted_takes_its_shelf_along(ann: APIClient) -> None:
    entry_of(ann)

    assert ann.delete("/api/users/me", {"password": PASSWORD}).status_code == 204
    assert not LibraryEntry.objects.exists()


def test_the_admin_shows_entries_without_their_notes_and_changes_nothing(
    ann: APIClient, staff_client: APIClient
) -> None:
    entry = save(ann, book=make_book(title="Dune").pk, notes="private words").json()
    page = staff_client.get(f"/admin/users/libraryentry/{entry['id']}/change/").content.decode()

    assert "Dune" in page
    assert "private words" not in page
    assert "_save" not in page
    assert staff_client.get("/admin/users/libraryentry/").status_code == 200


def test_check_deploy_warns_of_a_shared_shelf(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SHARED_SHELF = True

    call_command("check", "--deploy")

    assert "users.W002" in capsys.readouterr().err


def test_if_match_guards_deleting_and_readings_too(ann: APIClient) -> None:
    address = f"/api/library/{entry_of(ann)['id']}"
    stale = {"If-Match": ann.get(address)["ETag"]}
    added = ann.post(f"{address}/readings", {}, headers=stale)
    reading = f"{address}/readings/{added.json()['id']}"

    assert ann.post(f"{address}/readings", {}, headers=stale).status_code == 412
    assert ann.patch(reading, {"finished_on": "2024-01-01"}, headers=stale).status_code == 412
    assert ann.delete(reading, headers=stale).status_code == 412
    assert ann.delete(address, headers=stale).status_code == 412
    changed = ann.patch(reading, {"finished_on": "2024-01-01"}, headers={"If-Match": added["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] == ann.get(address)["ETag"]
    assert ann.delete(address, headers={"If-Match": changed["ETag"]}).status_code == 204


def test_a_reading_moves_the_entry_to_the_top(ann: APIClient) -> None:
    first, second = entry_of(ann), entry_of(ann)
    ann.post(f"/api/library/{first['id']}/readings", {})

    listed = ann.get("/api/library?ordering=-updated_at").json()["results"]
    assert [entry["id"] for entry in listed] == [first["id"], second["id"]]


def test_long_notes_are_found_to_their_last_word(ann: APIClient) -> None:
    save(ann, book=make_book().pk, notes="precious " + "filler " * 900 + "zanzibar")

    assert ann.get("/api/library?text=zanzibar").json()["count"] == 1


@pytest.mark.parametrize(
    "location", ["http://localhost:9/x", "//evil.example/x", "http://[", "/search", "/works/OL1W?x="]
)
def test_a_redirect_out_of_open_library_is_not_followed(
    ann: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setitem(WORKS, "OL77W", {"key": "/works/OL77W", "type": "/type/redirect", "location": location})

    answer = save(ann, work_key="OL77W")

    assert answer.status_code == 422
    assert "no record of Open Library" in answer.json()["detail"]


def test_an_edition_of_two_isbns_is_one_book_whose_isbn_stays(
    ann: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EDITIONS["OL20M"], "isbn_13", [PENGUIN, "9780199232765"])
    first = save(ann, isbn=PENGUIN).json()

    again = save(ann, isbn="9780199232765")

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert Book.objects.get().isbn_13 == PENGUIN


@pytest.mark.parametrize(
    "path", ["/api/library/summary?status=read", "/api/users/me?bogus=1", "/api/library/1?bogus=1"]
)
def test_unknown_parameters_are_refused_everywhere(ann: APIClient, path: str) -> None:
    assert ann.get(path).status_code == 422
    assert ann.post("/api/library?bogus=1", {}).status_code == 422
    assert ann.post("/api/auth/login?bogus=1", {}).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [("/save", '{"\\ud800": 1}'), ("/users", '{"\\ud800": 1}'), ("/save", '{"book": 1, "status": "\\ud800"}')],
)
def test_half_a_character_is_refused_and_shown_escaped(client: APIClient, path: str, body: str) -> None:
    answer = client.generic("POST", path, body, content_type="application/json")

    assert answer.status_code == 422
    assert "\\ud800" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/api/users/", "/api/books/", "/api/library/", "/api/books/1/prices?page=", "/delete/"]
)
def test_an_absurdly_long_number_is_no_crash(client: APIClient, path: str) -> None:
    method = client.delete if path == "/delete/" else client.get

    assert method(f"{path}{'9' * 4400}").status_code in {404, 422}


@pytest.mark.parametrize("path", ["/api/search?q=dune&page=1", "/api/books/search?title=x", "/api/library?limit=1"])
def test_a_method_that_is_not_there_is_405_whatever_the_parameters(staff_client: APIClient, path: str) -> None:
    assert staff_client.generic("TRACE", path).status_code == 405


def test_a_save_that_takes_too_long_is_given_up_and_goes_on_next_time(
    ann: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SAVE_SECONDS", -1.0)
    given_up = save(ann, work_key="OL10W")
    monkeypatch.undo()

    assert given_up.status_code == 503
    assert "so many authors" in given_up.json()["detail"]
    assert not Book.objects.exists()
    assert save(ann, work_key="OL10W").status_code == 201
    assert open_library.asked["/works/OL10W.json"] == 1  # what had been read was kept
