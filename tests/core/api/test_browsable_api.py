"""The browsable API: filters, editors with text that the API accepts, links."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.support.factories import make_book, make_user
from users.models import Channel, LibraryEntry, PriceWatch, User

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PASSWORD = "correct horse battery"


@pytest.fixture
def ann() -> User:
    return make_user(name="Ann", email="ann@example.org", age=None, password=PASSWORD, is_staff=True)


@pytest.fixture
def browser(ann: User) -> Client:
    """The session of a superuser."""
    User.objects.filter(pk=ann.pk).update(is_superuser=True)
    client = Client(headers=BROWSER)
    client.force_login(ann)
    return client


def read_page(client: Any, path: str) -> str:
    response = client.get(path, headers=BROWSER)
    assert response["Content-Type"] == "text/html; charset=utf-8"
    return str(response.content.decode())


def read_editor(page: str, heading: str = "") -> Any:
    """The JSON of the first editor after the heading."""
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page[page.index(heading) :], re.DOTALL)
    assert text
    return json.loads(html.unescape(text[1]))


def send(client: Client, method: str, path: str, body: Any) -> Any:
    """Sends the editor's text as the browsable API's script does."""
    text = body if isinstance(body, str) else json.dumps(body)
    return client.generic(method, path, text, content_type="application/json", headers=BROWSER)


def filter_options(page: str, name: str) -> list[str]:
    select = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert select
    return re.findall(r'<option value="([^"]*)"', select[0])


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        (
            "/api/books",
            ["Title", "Author", "Category", "Source", "Rating", "Lowest price", "Highest price", "In stock", "ISBN",
             "Still listed", "Sort by"],
        ),
        ("/api/books/search?title=travel", ["Title", "Author", "In stock"]),
        ("/api/library", ["Status", "Rating", "Author", "Text", "Sort by"]),
        ("/api/authors", ["Name", "Sort by"]),
        ("/api/scrape-runs", ["Site", "State", "Trigger"]),
    ],
)  # fmt: skip
def test_filters_have_labels(browser: Client, path: str, labels: list[str]) -> None:
    page = read_page(browser, path)

    assert "invalid name" not in page
    assert "is greater than" not in page
    found = re.findall(r"<label[^>]*>([^<]*)</label>", page)
    assert [label for label in found if label in labels] == labels


def test_an_unset_filter_is_any(browser: Client) -> None:
    make_book(title="Sold out", in_stock=False)
    make_book(title="Unknown")
    page = read_page(browser, "/api/books")
    unset = "&".join(f"{name}=" for name in ("title", "source", "min_price", "in_stock", "available", "ordering"))

    assert filter_options(page, "in_stock") == filter_options(page, "available") == ["", "true", "false"]
    assert page.count(">any</option>") == 5
    assert not re.findall(r'<option value="[^"]+" selected>(?!application/json)', page)
    assert len(browser.get(f"/api/books?{unset}&format=json").json()["results"]) == 2


def test_a_set_filter_is_shown(browser: Client) -> None:
    page = read_page(browser, "/api/books?in_stock=false&ordering=-price")

    assert '<option value="false" selected>no</option>' in page
    assert '<option value="-price" selected>' in page


@pytest.mark.parametrize(
    ("path", "changes", "status"),
    [
        ("/api/books", {"title": "Odes"}, 201),
        ("/api/authors", {"name": "Ann"}, 201),
        ("/api/categories", {"name": "Poetry"}, 201),
        ("/api/users", {"name": "Bea", "email": "bea@example.org", "age": 30}, 201),
        ("/api/auth/login", {"email": "ann@example.org", "password": PASSWORD}, 200),
    ],
)
def test_an_editor_for_a_new_row_holds_the_fields_to_fill_in(
    browser: Client, path: str, changes: dict[str, Any], status: int
) -> None:
    template = read_editor(read_page(browser, path))
    response = send(browser, "POST", path, {**template, **changes})

    assert set(template) == set(changes)
    assert response.status_code == status, response.content


def test_an_editor_saves_a_book_to_the_library(browser: Client, open_library: Any) -> None:
    template = read_editor(read_page(browser, "/api/library"))

    assert template == {"work_key": ""}
    assert send(browser, "POST", "/api/library", {"work_key": "OL10W"}).status_code == 201


@pytest.mark.parametrize("identifier", ["work_key", "isbn", "book"])
def test_empty_identifiers_count_as_not_sent(browser: Client, open_library: Any, identifier: str) -> None:
    value = {"work_key": "OL10W", "isbn": "9780140447934", "book": make_book().pk}[identifier]
    empty = {"status": None, "rating": None, "notes": "", "work_key": "", "isbn": "", "book": None}

    assert send(browser, "POST", "/api/library", {**empty, identifier: value}).status_code == 201
    assert send(browser, "POST", "/api/library", empty).status_code == 422


def test_editors_of_rows_are_accepted_as_they_are(browser: Client, ann: User) -> None:
    book = make_book(title="Odes", authors=["Ann"])
    entry = LibraryEntry.objects.create(user=ann, book=book)
    watch = PriceWatch.objects.create(user=ann, book=book, rule="drop_percent", percent=10)
    hook = Channel.objects.create(owner=ann, kind="webhook", address="https://hooks.example.org")

    for method, path in [
        ("PUT", f"/api/books/{book.pk}"),
        ("PATCH", f"/api/books/{book.pk}"),
        ("PUT", f"/api/authors/{book.authors.get().pk}"),
        ("PATCH", f"/api/library/{entry.pk}"),
        ("PATCH", "/api/users/me"),
        ("PATCH", f"/api/watches/{watch.pk}"),
        ("PUT", "/api/watches/default"),
        ("PATCH", f"/api/channels/{hook.pk}"),
    ]:
        text = read_editor(read_page(browser, path))
        response = send(browser, method, path, text)
        assert text, path
        assert response.status_code == 200, (path, text, response.content)
    assert browser.get("/api/users/me?format=json").json() == {
        "id": ann.pk, "name": "Ann", "email": "ann@example.org", "age": None, "time_zone": "UTC",
    }  # fmt: skip


def test_a_changed_address_still_needs_the_password(browser: Client) -> None:
    response = send(browser, "PATCH", "/api/users/me", {"name": "Ann", "email": "ann@example.net"})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("POST", "/api/books", '{"title": "", "stock": 3, "description": "</textarea><b>"}'),
        ("POST", "/api/books", '{"title": "Odes", '),
        ("POST", "/api/library", '{"isbn": "123"}'),
        ("PUT", "/api/books/{book}", '{"stock": -1}'),
        ("PATCH", "/api/books/{book}", '{"stock": -1}'),
        ("PATCH", "/api/users/me", '{"age": 999}'),
        ("POST", "/api/auth/login", '{"email": "ann"}'),
    ],
)
def test_a_rejected_input_stays_in_the_editor(browser: Client, method: str, path: str, text: str) -> None:
    book = make_book()
    response = send(browser, method, path.format(book=book.pk), text)
    editors = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", response.content.decode(), re.DOTALL)

    assert response.status_code == 422
    assert text in [html.unescape(editor) for editor in editors]


def test_only_deletions_without_a_body_are_offered(browser: Client) -> None:
    assert 'data-method="DELETE"' not in read_page(browser, "/api/users/me")
    assert 'data-method="DELETE"' in read_page(browser, f"/api/books/{make_book().pk}")
    assert "<h1>Your account</h1>" in read_page(browser, "/api/users/me")


def test_a_book_links_to_its_prices(client: APIClient) -> None:
    book = make_book()

    assert f'href="http://testserver/api/books/{book.pk}/prices"' in read_page(client, f"/api/books/{book.pk}")
    assert client.get(f"/api/books/{book.pk}/prices").status_code == 200


def test_descriptions_have_no_backticks(client: APIClient) -> None:
    page = read_page(client, "/api/search?q=travel")
    description = page[page.index('<div class="pull-left">') : page.index('<div class="request-info"')]

    assert "`" not in description
    assert "<code>" in description


@pytest.mark.parametrize("path", ["/api/books", "/api/library", "/api/schema"])
def test_an_unknown_format_is_named(client: APIClient, path: str) -> None:
    response = client.get(f"{path}?format=csv")

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert (error["parameter"], "The values are:" in error["detail"]) == ("format", True)


@pytest.mark.parametrize("path", ["/api/library/{pk}", "/api/scrape-runs/{pk}", "/api/library/{pk}/readings"])
def test_errors_name_rows_in_words(browser: Client, path: str) -> None:
    response = browser.generic("POST" if "readings" in path else "GET", path.format(pk=999), headers={"Accept": "*/*"})

    assert response.json()["detail"] in {"Library entry not found", "Scrape run not found"}


def test_an_address_with_an_invalid_id_is_explained(client: APIClient) -> None:
    assert "Ids are whole numbers" in client.get("/api/books/abc").json()["detail"]
