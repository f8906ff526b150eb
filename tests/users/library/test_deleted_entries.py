"""Changes of entries and readings that are deleted by another request at the same time."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.library import save_new_book
from users.library import serializers, views
from users.models import LibraryEntry, Reading

pytestmark = pytest.mark.django_db


def call_during_validation(monkeypatch: pytest.MonkeyPatch, serializer: type[Any], function: Callable[[], Any]) -> None:
    """Calls the function after the request has loaded the row, and before it writes."""

    def validate(_: Any, attrs: Any) -> Any:
        function()
        return attrs

    monkeypatch.setattr(serializer, "validate", validate)


def test_changing_a_deleted_entry_is_404(ann_client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/api/library/{save_new_book(ann_client)['id']}"
    call_during_validation(monkeypatch, serializers.EntryChangeSerializer, LibraryEntry.objects.all().delete)

    response = ann_client.patch(path, {"notes": "New"})

    assert (response.status_code, response.json()["detail"]) == (404, "Library entry not found")


def test_changing_a_deleted_reading_is_404(ann_client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/api/library/{save_new_book(ann_client)['id']}/readings"
    reading = ann_client.post(path, {}).json()["id"]
    call_during_validation(monkeypatch, serializers.ReadingSerializer, Reading.objects.all().delete)

    response = ann_client.patch(f"{path}/{reading}", {"started_on": "2024-01-01"})

    assert (response.status_code, response.json()["detail"]) == (404, "Reading not found")


def test_reading_an_entry_that_is_deleted_meanwhile_is_404(
    ann_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/library/{save_new_book(ann_client)['id']}"
    get_object = views.LibraryEntryViewSet.get_object

    def get_and_delete(view: Any) -> LibraryEntry:
        entry = get_object(view)
        LibraryEntry.objects.all().delete()
        return entry

    monkeypatch.setattr(views.LibraryEntryViewSet, "get_object", get_and_delete)

    assert ann_client.get(path).status_code == 404
