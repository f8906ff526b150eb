"""The shared library, for callers without an account and for members with `?shared=true`."""

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.factories import make_book
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings: Settings) -> None:
    settings.SHARED_SHELF = True


@pytest.fixture
def shared() -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.create(user=None, book=make_book(title="Odes"))
    return entry


def test_members_read_the_shared_library(ann_client: APIClient, shared: LibraryEntry) -> None:
    assert ann_client.get("/api/library").json()["count"] == 0
    assert ann_client.get("/api/library?shared=false").json()["count"] == 0
    assert ann_client.get("/api/library?shared=true").json()["results"][0]["id"] == shared.pk
    assert ann_client.get("/saved?shared=true").json()["count"] == 1
    assert ann_client.get("/api/library/summary?shared=true").json()["want_to_read"] == 1
    assert ann_client.get(f"/api/library/{shared.pk}?shared=true").status_code == 200
    assert ann_client.get(f"/api/library/{shared.pk}").status_code == 404


def test_members_change_the_shared_library(ann_client: APIClient, shared: LibraryEntry) -> None:
    path = f"/api/library/{shared.pk}"
    assert ann_client.post("/api/library?shared=true", {"book": shared.book_id}).status_code == 200
    assert ann_client.patch(f"{path}?shared=true", {"status": "reading"}).json()["status"] == "reading"
    reading = ann_client.post(f"{path}/readings?shared=true", {})
    assert reading.status_code == 201
    reading_path = f"{path}/readings/{reading.json()['id']}"
    assert ann_client.patch(f"{reading_path}?shared=true", {"started_on": "2026-01-02"}).status_code == 200
    assert ann_client.patch(reading_path, {"started_on": "2026-01-03"}).status_code == 404
    assert ann_client.delete(f"{reading_path}?shared=true").status_code == 204
    assert ann_client.delete(path).status_code == 404
    assert ann_client.delete(f"{path}?shared=true").status_code == 204
    assert not LibraryEntry.objects.exists()


def test_an_older_version_of_a_shared_entry_is_not_overwritten(
    client: APIClient, ann_client: APIClient, shared: LibraryEntry
) -> None:
    path = f"/api/library/{shared.pk}"
    etag = ann_client.get(f"{path}?shared=true")["ETag"]
    assert client.patch(path, {"notes": "Mine"}).status_code == 200

    assert ann_client.patch(f"{path}?shared=true", {"notes": "Ours"}, headers={"If-Match": etag}).status_code == 412
    shared.refresh_from_db()
    assert shared.notes == "Mine"


def test_the_shared_library_is_closed_to_members_too(
    settings: Settings, ann_client: APIClient, shared: LibraryEntry
) -> None:
    settings.SHARED_SHELF = False

    for path in ("/api/library", "/api/library/summary", f"/api/library/{shared.pk}", "/saved"):
        assert ann_client.get(f"{path}?shared=true").status_code == 403, path
    assert ann_client.post("/api/library?shared=true", {"book": shared.book_id}).status_code == 403
    assert ann_client.delete(f"/api/library/{shared.pk}?shared=true").status_code == 403
    assert ann_client.get("/api/library?shared=false").status_code == 200


def test_another_value_is_rejected(ann_client: APIClient) -> None:
    response = ann_client.get("/api/library?shared=yes")

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "shared"


@pytest.mark.parametrize("value", ["AAA", "", "1"])
def test_other_values_are_refused_without_an_account_too(client: APIClient, value: str) -> None:
    assert client.get(f"/api/library?shared={value}").status_code == 422
