"""The library: one's own shelf, and the household's."""

from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_book, make_user
from tests.support.library import entry_of, save
from users.models import LibraryEntry, Reading

pytestmark = pytest.mark.django_db


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
