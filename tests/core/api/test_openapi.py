"""The OpenAPI document states what clients need, and its examples are valid requests."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Author
from scraping.models import ScrapeRun, Shop
from tests.support.clients import make_client
from tests.support.factories import make_book, make_category, make_user
from tests.support.images import make_jpeg
from tests.support.shops import create_shop, make_tracked_page
from users.imports.api.job_serializers import PreviewSerializer
from users.models import Channel, ImportJob, LibraryEntry, Notification, Token, User

SCHEMA: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
COMPONENTS = SCHEMA["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
}
WITH_BODY = {name for name, (_, _, operation) in OPERATIONS.items() if "requestBody" in operation}
UPLOADED_COVER = "/covers/1/440?v=0123456789ab"
PUBLIC_TAGS = {"books", "authors", "categories", "price-changes", "prices"}


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yields all objects of the document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def body_example(operation: Any) -> Any:
    content = operation["requestBody"]["content"]
    reference = next(iter(content.values()))["schema"]["$ref"]
    return COMPONENTS[reference.rpartition("/")[2]]["example"]


def statuses(operation_id: str) -> set[str]:
    return set(OPERATIONS[operation_id][2]["responses"])


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_is_described(operation_id: str) -> None:
    method, path, operation = OPERATIONS[operation_id]
    parameters = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}

    assert operation["summary"]
    words = set(re.findall(r"\w+", operation.get("description", "").lower()))
    assert not words & {"view", "serializer", "mixin", "locked"}
    assert {"503", "default"} <= set(operation["responses"])
    assert all(parameter.get("description") for parameter in parameters.values()), parameters
    for name, parameter in parameters.items():
        assert "default" not in parameter["schema"], name
        is_number = parameter["schema"].get("type") == "integer"
        assert (parameter["in"] != "path") or is_number or name == "slug"
    assert ("404" in operation["responses"]) or "{" not in path
    assert ("422" in operation["responses"]) or operation_id not in WITH_BODY
    is_public = method == "get" and operation["tags"][0] in PUBLIC_TAGS
    assert ("security" not in operation) is (is_public or path == "/api/auth/login")


def test_errors_occur_where_they_are_documented() -> None:
    assert {"401", "404", "412", "422", "503"} <= statuses("library_partial_update")
    assert {"401", "403", "409", "422"} <= statuses("books_create")
    assert {"409", "422", "429"} <= statuses("users_create")
    assert {"401", "409", "422", "429"} <= statuses("users_me_partial_update")
    assert {"401", "422", "429"} <= statuses("auth_login_create")
    assert {"422", "429"} <= statuses("search_retrieve")
    assert {"401", "403", "409"} <= statuses("scrape_runs_cancel_create")
    assert "401" not in statuses("books_list")
    assert "409" not in statuses("library_retrieve")


def test_headers_are_declared() -> None:
    responses = SCHEMA["components"]["responses"]

    assert {name for name, response in responses.items() if "Retry-After" in response.get("headers", {})} == {
        "Problem429",
        "Problem503",
    }
    with_etag = {
        (operation_id, status)
        for operation_id, (_, _, operation) in OPERATIONS.items()
        for status, response in operation["responses"].items()
        if "ETag" in response.get("headers", {})
    }
    assert {("books_list", "200"), ("books_retrieve", "200"), ("authors_list", "200")} <= with_etag
    assert {("library_create", "200"), ("library_create", "201"), ("library_retrieve", "200")} <= with_etag
    assert ("library_readings_destroy", "204") in with_etag
    assert not {operation_id for operation_id, _ in with_etag if operation_id.startswith("users")}


def test_ratings_and_passwords_state_their_rules() -> None:
    rating = COMPONENTS["SaveRequest"]["properties"]["rating"]["oneOf"][0]

    assert rating == {"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 0.5}
    assert COMPONENTS["RegistrationRequest"]["properties"]["password"]["minLength"] == 8
    assert COMPONENTS["LoginRequest"]["properties"]["password"]["minLength"] == 1
    assert "requestBody" in OPERATIONS["users_me_destroy"][2]


def test_names_are_meaningful() -> None:
    assert not [name for name in COMPONENTS if name.endswith("Enum")]
    for node in walk(SCHEMA):
        if isinstance(node.get("enum"), list):
            assert all(isinstance(value, str) and value for value in node["enum"]), node
    descriptions = [node["description"] for node in walk(SCHEMA) if isinstance(node.get("description"), str)]
    assert not [text for text in descriptions if "Refuses" in text or "Rejects unknown" in text]


@pytest.mark.parametrize("name", sorted(name for name, schema in COMPONENTS.items() if "properties" in schema))
def test_a_component_has_an_example(name: str) -> None:
    """Pages have the examples of their rows."""
    schema = COMPONENTS[name]
    if "results" in schema["properties"]:
        assert COMPONENTS[schema["properties"]["results"]["items"]["$ref"].rpartition("/")[2]]["example"]
        return
    is_partial = name.endswith("Request") or name in {"InputError", "Progress"}  # which have one of two fields
    assert set(schema["example"]) <= set(schema["properties"])
    assert set(schema.get("required", [])) <= set(schema["example"])
    assert is_partial or set(schema["example"]) == set(schema["properties"])


@pytest.fixture
def paths(settings: Settings, db: None) -> dict[str, str]:
    """The paths of the schema with the ids of rows. The caller is Ann, of the examples."""
    location = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": location}
    settings.OPENLIBRARY_URL, settings.SHARED_SHELF = "http://127.0.0.1:9/", True
    ann = make_user(name="Ann", email="ann@example.org", password="correct horse battery", is_staff=True)
    User.objects.filter(pk=ann.pk).update(is_superuser=True)
    entry = LibraryEntry.objects.create(user=ann, book=make_book(title="Travels"))
    ids = {
        "/api/authors/{id}": Author.objects.create(name="Ann").pk,
        "/api/books/{id}": make_book().pk,
        "/api/books/{book_id}/offers": make_book().pk,
        "/api/books/{book_id}/prices": make_book().pk,
        "/api/categories/{id}": make_category().pk,
        "/api/library/{id}": entry.pk,
        "/api/library/{entry_id}/readings": entry.pk,
        "/api/library/{entry_id}/readings/{id}": entry.pk,
        "/api/scrape-runs/{id}": ScrapeRun.objects.create(site="books_to_scrape", trigger="api", state="failed").pk,
        "/api/users/{id}": ann.pk,
    }
    queued = ScrapeRun.objects.create(site="other", trigger="api", state="queued").pk
    paths = {path: path.replace("{id}", str(pk)).replace("{book_id}", str(pk)) for path, pk in ids.items()}
    reading = entry.readings.create().pk
    return {
        **paths,
        **import_paths(ann),
        **shop_paths(ann),
        **notification_paths(ann),
        "/api/watches/{id}": f"/api/watches/{entry.book.price_watches.create(user=ann, rule='lowest').pk}",
        "/api/books/{book_id}/cover": f"/api/books/{make_book(cover_url=UPLOADED_COVER).pk}/cover",
        "/api/tokens/{token_id}": f"/api/tokens/{Token.objects.create(user=ann)[0].number}",
        "/api/scrape-runs/{id}/cancel": f"/api/scrape-runs/{queued}/cancel",
        "/api/library/{entry_id}/readings": f"/api/library/{entry.pk}/readings",
        "/api/library/{entry_id}/readings/{id}": f"/api/library/{entry.pk}/readings/{reading}",
    }


def shop_paths(user: User) -> dict[str, str]:
    """A shop and the page of the example, which the user tracks already."""
    tracked = make_tracked_page(user)
    shop = create_shop("books_example", "https://books.example/")
    actions = ("", "/products", "/confirm", "/pause", "/block", "/resume")
    shops = {f"/api/shops/{{slug}}{action}": f"/api/shops/{shop.pk}{action}" for action in actions}
    return {**shops, "/api/tracked/{id}": f"/api/tracked/{tracked.pk}"}


def notification_paths(user: User) -> dict[str, str]:
    """A notification, and a channel in a suitable state for each path."""
    now = timezone.now()
    notification = Notification.objects.create(recipient=user, kind="test", dedupe_key="1", created_at=now)
    hook = Channel.objects.create(owner=user, kind="webhook", address="https://a.example.org/", confirmed_at=now).pk
    mail = Channel.objects.create(owner=user, kind="email", address="ann@example.org").pk
    return {
        "/api/notifications/{id}": f"/api/notifications/{notification.pk}",
        "/api/channels/{id}": f"/api/channels/{hook}",
        "/api/channels/{id}/test": f"/api/channels/{hook}/test",
        "/api/channels/{id}/renew-secret": f"/api/channels/{hook}/renew-secret",
        "/api/channels/{id}/confirmation": f"/api/channels/{mail}/confirmation",
    }


def import_paths(user: User) -> dict[str, str]:
    """An import in a suitable state for each path, with a row to review, and one that failed."""
    preview = {**PreviewSerializer.example, "media": [{"name": "DVD", "rows": 1}]}
    ready = ImportJob.objects.create(user=user, state="ready", preview=preview)
    finished = ImportJob.objects.create(user=user, state="finished", started_at=timezone.now())
    entry = LibraryEntry.objects.create(user=user, book=make_book(title="Fables"))
    finished.rows.create(number=1, line=2, outcome="needs_review", entry=entry, effects={"version": 1, "is_new": True})
    finished.rows.create(number=2, line=3, outcome="failed")
    steps = {"commit": ready, "cancel": ready, "undo": finished, "retry": finished, "failed.csv": finished}
    rows = f"/api/imports/{finished.pk}/rows"
    return {
        "/api/imports/{id}": f"/api/imports/{ready.pk}",
        **{f"/api/imports/{{id}}/{step}": f"/api/imports/{job.pk}/{step}" for step, job in steps.items()},
        "/api/imports/{import_id}/rows": rows,
        "/api/imports/{import_id}/rows/{number}": f"{rows}/2",
        "/api/imports/{import_id}/rows/{number}/search": f"{rows}/1/search",
        "/api/imports/{import_id}/rows/{number}/keep": f"{rows}/1/keep",
        "/api/imports/{import_id}/rows/{number}/accept": f"{rows}/1/accept",
    }


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_example_is_a_valid_request(paths: dict[str, str], operation_id: str) -> None:
    """As the documentation's *Try it out* sends it: with the examples of the body and of required parameters."""
    method, path, operation = OPERATIONS[operation_id]
    ann = User.objects.get(email="ann@example.org")
    client = make_client(ann)
    if operation_id == "users_create":
        User.objects.filter(pk=ann.pk).update(email="other@example.org", email_key="other@example.org")
        client = APIClient()
    required = {
        parameter["name"]: parameter.get("example", parameter["schema"].get("example"))
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter.get("required")
    }
    assert None not in required.values()
    body: Any = body_example(operation) if operation_id in WITH_BODY else None
    if body and operation_id in {"library_create", "watches_create", "imports_rows_accept_create"}:
        body = {**body, "book": make_book().pk}  # the example names the first book
    if operation_id == "shops_create":
        Shop.objects.filter(pk="books_example").delete()
    address = paths.get(path, path) + "".join(f"?{name}={value}" for name, value in required.items())

    is_form = "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    if is_form:
        file = make_jpeg() if operation_id == "books_cover_update" else body["file"].encode()
        body = {**body, "file": SimpleUploadedFile("export.csv", file)}
    response = getattr(client, method)(address, body, format="multipart" if is_form else "json")

    assert 200 <= response.status_code < 300, (body, response.content)
    assert str(response.status_code) in operation["responses"]
