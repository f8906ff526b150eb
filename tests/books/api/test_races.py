"""Changes of a row at the same time as its deletion: the row stays deleted, and the change is 404."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.api.book_write_serializer import BookWriteSerializer
from books.api.serializers import AuthorSerializer, CategorySerializer
from books.models import Author, CuratedField
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book, make_category, make_user
from tests.support.service_process import ServiceProcess
from tests.support.target_server import post_json

CREATE: dict[str, Callable[[], Model]] = {
    "books": make_book,
    "authors": lambda: Author.objects.create(name="Ann"),
    "categories": make_category,
}
SERIALIZERS = {"books": BookWriteSerializer, "authors": AuthorSerializer, "categories": CategorySerializer}
BODIES = {"books": {"title": "New"}, "authors": {"name": "New"}, "categories": {"name": "New"}}
ROUNDS = 100


def call_during_validation(monkeypatch: pytest.MonkeyPatch, kind: str, function: Callable[[], Any]) -> None:
    """Calls the function after the request has loaded the row, and before it writes."""

    def validate(serializer: Any, attrs: Any) -> Any:
        function()
        return attrs

    monkeypatch.setattr(SERIALIZERS[kind], "validate", validate)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("kind", CREATE)
def test_a_change_does_not_restore_a_deleted_row(
    staff_client: APIClient, monkeypatch: pytest.MonkeyPatch, kind: str, method: str
) -> None:
    row = CREATE[kind]()
    rows = type(row)._default_manager.filter(pk=row.pk)
    call_during_validation(monkeypatch, kind, rows.delete)

    response = getattr(staff_client, method)(f"/api/{kind}/{row.pk}", BODIES[kind])

    assert (response.status_code, response.json()["detail"]) == (404, f"{type(row).__name__} not found")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="The test database of SQLite is in memory and does not wait.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
@pytest.mark.parametrize("kind", CREATE)
def test_a_deletion_waits_for_a_change(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    row, staff = CREATE[kind](), make_user(is_staff=True, is_superuser=True)
    path = f"/api/{kind}/{row.pk}"

    def request(method: str, *body: Any) -> int:
        client = APIClient()
        client.force_authenticate(staff)
        try:
            return int(getattr(client, method)(path, *body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:

        def start_deletion() -> None:
            deletions.append(threads.submit(request, "delete"))
            finished.append(is_finished(deletions[0]))

        deletions: list[Any] = []
        finished: list[bool] = []
        call_during_validation(monkeypatch, kind, start_deletion)
        assert request("patch", BODIES[kind]) == 200
        assert deletions[0].result() == 204

    assert finished == [False]
    assert request("get") == request("patch", BODIES[kind]) == 404


def is_finished(future: Any) -> bool:
    """Waits for a moment: a deletion that is not blocked takes milliseconds."""
    try:
        future.result(0.3)
    except TimeoutError:
        return False
    return True


@pytest.mark.django_db
def test_the_values_before_a_change_are_those_of_the_locked_row(staff_client: APIClient) -> None:
    """On PostgreSQL the row is locked when the serializer loads it; on SQLite the whole database is."""
    book = make_book(title="Odes", source="books_to_scrape")
    with CaptureQueriesContext(connection) as queries:
        assert staff_client.patch(f"/api/books/{book.pk}", {"title": "Epodes"}).status_code == 200

    loads = [each["sql"] for each in queries if 'FROM "books_book"' in each["sql"] and "title" in each["sql"]]
    assert ("FOR NO KEY UPDATE" in loads[0]) is connection.features.has_select_for_update
    assert CuratedField.objects.get().source_value == "Odes"


@pytest.mark.slow
@pytest.mark.parametrize("kind", CREATE)
def test_simultaneous_changes_and_deletions(
    target_server: ServiceProcess, superuser_headers: dict[str, str], kind: str
) -> None:
    def send(method: str, path: str, body: Any = None) -> int:
        url = f"{target_server.address}api/{path}"
        return requests.request(method, url, json=body, headers=superuser_headers, timeout=30).status_code

    outcomes: Counter[tuple[int, int, int]] = Counter()
    with ThreadPoolExecutor(3) as threads:
        for number in range(ROUNDS):
            body = dict.fromkeys(BODIES[kind], f"{kind} {number}")
            path = f"{kind}/{post_json(target_server, f'api/{kind}', body, superuser_headers)['id']}"
            changes = [threads.submit(send, method, path, body) for method in ("PATCH", "PUT")]
            deletion = threads.submit(send, "DELETE", path)
            assert {change.result() for change in changes} <= {200, 404}
            outcomes[deletion.result(), send("GET", path), send("DELETE", path)] += 1

    assert outcomes == {(204, 404, 404): ROUNDS}
