"""Pages of the catalogue are stored for readers without a session, under the catalogue version."""

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.support.factories import make_book, make_user
from tests.web.pages import BROWSER, get_page, text_of, texts_of
from web import page_cache

ALL_APPS = [config.name for config in apps.get_app_configs()]  # so that the next test finds the rows of migrations
pytestmark = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)


@pytest.fixture(autouse=True)
def read_cache(settings: Settings) -> None:
    settings.READ_CACHE_MB = 1


def count_queries(client: Client, path: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers={**BROWSER, **headers}).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", ["/catalogue", "/catalogue?rating=3", "/book/{}"])
def test_a_repeated_page_reads_only_the_catalogue_version(settings: Settings, path: str) -> None:
    settings.SHARED_SHELF = False  # the page of a book shows the shared entry
    path = path.format(make_book(title="Odes", rating=3).pk)
    client = Client()

    first = client.get(path, headers=BROWSER)

    assert count_queries(client, path) == 1
    second = client.get(path, headers=BROWSER)
    assert second.content == first.content
    assert dict(second.headers) == {**first.headers, "X-Request-ID": second["X-Request-ID"]}


def test_a_write_ends_stored_pages() -> None:
    book = make_book(title="Odes")
    client = Client()
    get_page(f"/book/{book.pk}", client)

    book.title = "Epodes"
    book.save()

    assert text_of(get_page(f"/book/{book.pk}", client), "h1") == "Epodes"


def test_a_stored_page_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    make_book()
    client = Client()
    monkeypatch.setattr(page_cache, "MAX_AGE", 0)
    count_queries(client, "/catalogue")

    assert count_queries(client, "/catalogue") > 1


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept-Encoding": "gzip"}, {"Host": "localhost"}])
def test_requests_with_other_responses_do_not_share_a_page(headers: dict[str, str]) -> None:
    client = Client()
    count_queries(client, "/catalogue")

    assert count_queries(client, "/catalogue", **headers) > 1


def test_each_layout_is_stored() -> None:
    make_book(title="Odes")
    client = Client()
    get_page("/catalogue", client)

    client.get("/catalogue/as/list")

    assert texts_of(get_page("/catalogue", client), ".row h3") == ["Odes"]


def test_pages_of_a_signed_in_reader_are_neither_stored_nor_taken_from_the_cache() -> None:
    path, client = f"/book/{make_book().pk}", Client()
    get_page(path, client)

    client.force_login(make_user(name="Ann"))
    assert count_queries(client, path) > 1
    assert "Ann" in text_of(get_page(path, client), ".account")
    client.logout()

    assert "Ann" not in text_of(get_page(path, client), ".account")


def test_errors_are_not_stored() -> None:
    client = Client()
    assert client.get("/book/1", headers=BROWSER).status_code == 404

    book = make_book()

    assert client.get(f"/book/{book.pk}", headers=BROWSER).status_code == 200
