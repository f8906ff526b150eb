"""Library entries and readings, in a user's own library and in the shared one."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, make_client
from tests.support.factories import make_book, make_user
from tests.support.library import save_book, save_new_book
from users.models import LibraryEntry, Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry_path(ann_client: APIClient) -> str:
    """The path of an entry in Ann's library."""
    return f"/api/library/{save_new_book(ann_client)['id']}"


def test_changing_an_entry(ann_client: APIClient, entry_path: str) -> None:
    body = ann_client.patch(entry_path, {"status": "read", "rating": "3.0", "notes": "Again!"}).json()

    assert (body["status"], body["rating"], body["notes"]) == ("read", "3.0", "Again!")
    assert ann_client.get(entry_path).json() == body
    assert ann_client.patch(entry_path, {"rating": None}).json()["rating"] is None
    assert ann_client.patch(entry_path, {"book": 1}).status_code == 422
    assert ann_client.put(entry_path, {}).status_code == 405


def test_a_lost_update_is_412(ann_client: APIClient, entry_path: str) -> None:
    etag = ann_client.get(entry_path)["ETag"]

    first = ann_client.patch(entry_path, {"notes": "One"}, headers={"If-Match": etag})
    second = ann_client.patch(entry_path, {"notes": "Two"}, headers={"If-Match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert ann_client.get(entry_path).json()["notes"] == "One"


@pytest.mark.parametrize("if_match", ["{}", '"x", {}', "*", ""])
def test_a_current_etag_allows_the_change(ann_client: APIClient, entry_path: str, if_match: str) -> None:
    headers = {"If-Match": if_match.format(ann_client.get(entry_path)["ETag"])}

    response = ann_client.patch(entry_path, {"notes": "One"}, headers=headers)

    assert (response.status_code, response.json()["notes"]) == (200, "One")


def test_if_match_applies_to_deletions_and_readings(ann_client: APIClient, entry_path: str) -> None:
    stale = {"If-Match": ann_client.get(entry_path)["ETag"]}
    created = ann_client.post(f"{entry_path}/readings", {}, headers=stale)
    reading_path = f"{entry_path}/readings/{created.json()['id']}"

    assert ann_client.post(f"{entry_path}/readings", {}, headers=stale).status_code == 412
    assert ann_client.patch(reading_path, {"finished_on": "2024-01-01"}, headers=stale).status_code == 412
    assert ann_client.delete(reading_path, headers=stale).status_code == 412
    assert ann_client.delete(entry_path, headers=stale).status_code == 412
    changed = ann_client.patch(reading_path, {"finished_on": "2024-01-01"}, headers={"If-Match": created["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] == ann_client.get(entry_path)["ETag"]
    assert ann_client.delete(entry_path, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert not LibraryEntry.objects.exists()


def test_readings(ann_client: APIClient, entry_path: str) -> None:
    etag = ann_client.get(entry_path)["ETag"]
    path = f"{entry_path}/readings"

    first = ann_client.post(path, {"started_on": "2024-01-01", "finished_on": "2024-02-01"}).json()
    ann_client.post(path, {})
    last = ann_client.post(path, {"finished_on": "2025-05-05"}).json()

    readings = ann_client.get(entry_path).json()["readings"]
    assert [reading["finished_on"] for reading in readings] == ["2024-02-01", None, "2025-05-05"]
    assert ann_client.get(entry_path)["ETag"] != etag
    changed = ann_client.patch(f"{path}/{last['id']}", {"started_on": "2025-05-01"})
    assert changed.json() == {**last, "started_on": "2025-05-01"}
    assert ann_client.delete(f"{path}/{first['id']}").status_code == 204
    assert Reading.objects.count() == 2


def test_a_reading_must_not_finish_before_its_start(ann_client: APIClient, entry_path: str) -> None:
    path = f"{entry_path}/readings"
    reading = ann_client.post(path, {"started_on": "2024-01-01", "finished_on": "2024-02-01"}).json()

    response = ann_client.patch(f"{path}/{reading['id']}", {"finished_on": "2023-12-31"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/finished_on")
    assert ann_client.get(entry_path).json()["readings"] == [reading]


def test_entries_of_other_users_are_404(
    ann_client: APIClient, entry_path: str, client: APIClient, staff_client: APIClient
) -> None:
    reading_path = f"{entry_path}/readings/{ann_client.post(f'{entry_path}/readings', {}).json()['id']}"
    before = ann_client.get(entry_path).json()

    for other in (client, staff_client, make_client(make_user())):
        assert other.get(entry_path).status_code == 404
        assert other.patch(entry_path, {"notes": "x"}).status_code == 404
        assert other.delete(entry_path).status_code == 404
        assert other.post(f"{entry_path}/readings", {}).status_code == 404
        assert other.patch(reading_path, {}).status_code == 404
        assert other.delete(reading_path).status_code == 404
        assert other.get("/api/library").json()["count"] == 0
        assert other.get("/api/library/summary").json()["want_to_read"] == 0
    assert ann_client.get(entry_path).json() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/library"), ("post", "/api/library"), ("get", "/saved"), ("post", "/save"),
        ("delete", "/delete/1"),
        ("get", "/api/library/1"), ("patch", "/api/library/1"), ("get", "/api/library/summary"),
        ("post", "/api/library/1/readings"),
    ],
)  # fmt: skip
def test_without_a_shared_library_clients_must_sign_in(
    client: APIClient, settings: Settings, method: str, path: str
) -> None:
    settings.SHARED_SHELF = False

    response = getattr(client, method)(path, {})

    assert response.status_code == 401
    assert response.json()["detail"] == "This service has no shared library. Sign in to use your own library."


def test_the_shared_library_is_apart_from_those_of_users(client: APIClient, ann_client: APIClient) -> None:
    book = make_book()

    assert save_book(client, book=book.pk).status_code == 201
    assert save_book(APIClient(), book=book.pk).status_code == 200
    assert save_book(ann_client, book=book.pk).status_code == 201
    assert LibraryEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "titles"),
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
def test_filters_and_orderings(ann_client: APIClient, query: str, titles: list[str]) -> None:
    save_book(ann_client, book=make_book(title="Ubik").pk, rating=4, notes="Lent to Bob")
    save_book(ann_client, book=make_book(title="Dune", authors=["Frank Herbert"]).pk, status="read", rating="4.5")
    save_book(ann_client, book=make_book(title="Emma").pk)

    assert [entry["book"]["title"] for entry in ann_client.get(f"/api/library?{query}").json()["results"]] == titles


@pytest.mark.parametrize("rating", ["1e999", "-1e999", "1e-999", "NaN", "4.7", "0", "5.5"])
def test_invalid_ratings_are_rejected(ann_client: APIClient, rating: str) -> None:
    response = ann_client.get("/api/library", {"rating": rating})

    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (422, "rating")


def test_the_author_filter_accepts_an_id_and_returns_a_book_once(ann_client: APIClient) -> None:
    book = make_book(title="Dune", authors=["Frank Herbert", "Fränk Herbert"])
    save_book(ann_client, book=book.pk)

    for author in ("frank herbert", str(book.authorships.get(position=0).author_id)):
        results = ann_client.get("/api/library", {"author": author}).json()["results"]
        assert [entry["book"]["title"] for entry in results] == ["Dune"]


def test_a_page_costs_a_fixed_number_of_queries(ann_client: APIClient, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        entry = save_new_book(ann_client, title=f"B{number}", authors=[f"A{number}"])
        ann_client.post(f"/api/library/{entry['id']}/readings", {})

    with django_assert_max_num_queries(9):
        assert len(ann_client.get("/api/library?limit=12").json()["results"]) == 12


def test_counts_by_status(ann_client: APIClient) -> None:
    for status in ("read", "read", "stopped"):
        save_book(ann_client, book=make_book().pk, status=status)

    summary = ann_client.get("/api/library/summary").json()
    assert summary == {"want_to_read": 0, "reading": 0, "paused": 0, "read": 2, "stopped": 1}


def test_saved_books_cannot_be_deleted_from_the_catalogue(ann_client: APIClient, staff_client: APIClient) -> None:
    entry = save_new_book(ann_client)

    assert staff_client.delete(f"/api/books/{entry['book']['id']}").status_code == 409


def test_deleting_an_account_deletes_its_library(ann_client: APIClient) -> None:
    save_new_book(ann_client)

    assert ann_client.delete("/api/users/me", {"password": PASSWORD}).status_code == 204
    assert not LibraryEntry.objects.exists()


def test_a_reading_counts_as_an_update_of_the_entry(ann_client: APIClient) -> None:
    first, second = save_new_book(ann_client), save_new_book(ann_client)
    ann_client.post(f"/api/library/{first['id']}/readings", {})

    results = ann_client.get("/api/library?ordering=-updated_at").json()["results"]
    assert [entry["id"] for entry in results] == [first["id"], second["id"]]


def test_long_notes_are_searched_completely(ann_client: APIClient) -> None:
    save_book(ann_client, book=make_book().pk, notes="precious " + "filler " * 900 + "zanzibar")

    assert ann_client.get("/api/library?text=zanzibar").json()["count"] == 1
