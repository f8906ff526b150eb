"""Attacks through browsers and other sites: host names, cross-site requests, sessions, redirects, protected fields."""

from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.factories import make_book, make_user
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SIGN_IN = "/sign-in"


@pytest.mark.parametrize("host", ["evil.example.net", "testserver.evil.net", "testserver@evil.net", "a b", "?", ""])
@pytest.mark.parametrize("path", ["/api/books", "/sign-in", "/admin/login/", "/"])
def test_unknown_host_names_are_rejected(client: APIClient, host: str, path: str) -> None:
    response = client.get(path, HTTP_HOST=host)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_links_ignore_forwarded_headers(client: APIClient) -> None:
    for _ in range(11):
        make_book()

    response = client.get("/api/books", HTTP_X_FORWARDED_HOST="evil.example.net", HTTP_X_FORWARDED_PROTO="https")

    assert response.json()["next"].startswith("http://testserver/")


def test_sessions_need_a_csrf_token_for_writes() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    book = make_book(title="Odes")

    for path, method in [
        ("/api/books", "post"), (f"/api/books/{book.pk}", "delete"), ("/api/auth/logout-all", "post"),
        ("/api/users/me", "patch"), ("/api/library", "post"), ("/api/scrape-runs", "post"), ("/sign-out", "post"),
        ("/admin/books/book/add/", "post"), (f"/admin/books/book/{book.pk}/delete/", "post"), ("/sign-in", "post"),
        ("/admin/scraping/scraperun/start/", "post"), ("/admin/logout/", "post"),
    ]:  # fmt: skip
        response = getattr(client, method)(path, {}, content_type="application/json")
        assert response.status_code == 403, path
        assert response["Content-Type"] == "application/problem+json", path
    assert client.get("/api/users/me").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example.net", "null", "http://[", "http://testserver.evil.net"])
def test_cross_site_writes_to_the_shared_library_are_rejected(settings: Settings, origin: str) -> None:
    settings.SHARED_SHELF = True
    entry = LibraryEntry.objects.create(user=None, book=make_book())
    address = f"/api/library/{entry.pk}/readings"

    for content_type in ("", "text/plain"):  # content types that browsers send without a preflight request
        response = APIClient().generic("POST", address, content_type=content_type, headers={"Origin": origin})
        assert response.status_code == 401
    assert not entry.readings.exists()
    assert APIClient().post(address, headers={"Origin": "http://testserver"}).status_code == 201
    assert APIClient().post(address).status_code == 201


def test_signing_in_replaces_the_session() -> None:
    make_user(email="ann@example.org", password=PASSWORD)
    browser = Client()
    browser.session["planted"] = "by an attacker"
    browser.session.save()
    before = browser.cookies[project.SESSION_COOKIE_NAME].value

    browser.post(SIGN_IN, {"username": "ann@example.org", "password": PASSWORD})

    cookie = browser.cookies[project.SESSION_COOKIE_NAME]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    after = cookie.value
    assert after != before
    assert Client(headers={"Cookie": f"sessionid={before}"}).get("/api/users/me").status_code == 401
    assert Client(headers={"Cookie": f"sessionid={after}"}).get("/api/users/me").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example.net/", "//evil.example.net", "/\\evil", "javascript:alert(1)"]
)
def test_sign_in_redirects_only_within_the_site(target: str) -> None:
    make_user(email="ann@example.org", password=PASSWORD, is_staff=True)
    form = {"username": "ann@example.org", "password": PASSWORD, "next": target}

    for page in (SIGN_IN, "/admin/login/"):
        response = Client().post(f"{page}?next={target}", form)
        assert response.status_code == 302
        assert response["Location"] == "/"


@pytest.mark.parametrize(
    "field", ["id", "is_staff", "is_superuser", "is_active", "groups", "date_joined", "last_login"]
)
def test_users_cannot_write_protected_fields(client: APIClient, field: str) -> None:
    registration: dict[str, Any] = {"name": "New", "email": "new@example.org", "age": 1, field: True}
    ann = make_user()
    client.force_login(ann)

    for response in (client.post("/api/users", registration), client.patch("/api/users/me", {field: True})):
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"/{field}"
    assert User.objects.count() == 1
    ann.refresh_from_db()
    assert (ann.is_staff, ann.is_superuser) == (False, False)


@pytest.mark.parametrize("field", ["id", "user", "user_id", "created_at", "readings"])
def test_users_cannot_write_to_the_library_of_another_user(client: APIClient, field: str) -> None:
    ann, bob, book = make_user(), make_user(), make_book()
    entry = LibraryEntry.objects.create(user=ann, book=book)
    client.force_login(ann)

    assert client.post("/api/library", {"book": book.pk, field: bob.pk}).status_code == 422
    assert client.patch(f"/api/library/{entry.pk}", {field: bob.pk}).status_code == 422
    assert not LibraryEntry.objects.filter(user=bob).exists()


@pytest.mark.parametrize("field", ["id", "source", "source_key", "missing_since", "created_at", "title_key"])
def test_staff_cannot_write_internal_fields(staff_client: APIClient, field: str) -> None:
    book = make_book(title="Odes")

    for response in (
        staff_client.post("/api/books", {"title": "New", field: "x"}),
        staff_client.patch(f"/api/books/{book.pk}", {field: "x"}),
    ):
        assert response.status_code == 422, response.content
        assert response.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize(
    "path", ["/", "/api/books", "/api/nothing", "/docs", "/sign-in", "/admin/login/", "/static/web/style.css"]
)
def test_all_responses_have_security_headers(client: APIClient, path: str) -> None:
    response = client.get(path, HTTP_ACCEPT="text/html")

    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert (policy["object-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Request-ID"]
    response.close()  # the static file is still open


def test_cover_and_product_urls_must_be_http_urls(staff_client: APIClient) -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil", "vbscript:x"):
        for field in ("cover_url", "product_url"):
            response = staff_client.post("/api/books", {"title": "New", field: url})
            assert response.status_code == 422, url
            assert response.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.fixture
def rate_limits(settings: Settings) -> Settings:
    settings.REGISTRATIONS_PER_ADDRESS, settings.SEARCHES_PER_ADDRESS = "2/minute", "2/minute"
    settings.LOGINS_PER_ADDRESS = "2/minute"
    return settings


@pytest.mark.parametrize("path", ["/users", "/api/users"])
def test_registrations_per_address_are_limited_except_for_staff(
    client: APIClient, staff_client: APIClient, rate_limits: Settings, path: str
) -> None:
    responses = [client.post(path, {"name": "N", "email": f"n{i}@example.org", "age": 1}) for i in range(4)]

    assert [response.status_code for response in responses] == [201, 201, 429, 429]
    assert 0 < int(responses[-1]["Retry-After"]) <= 60
    assert responses[-1].json()["status"] == 429
    assert client.get(path).status_code == 200
    assert staff_client.post(path, {"name": "N", "email": "n9@example.org", "age": 1}).status_code == 201


@pytest.mark.parametrize("path", ["/search?q=xyzzy", "/api/search?q=xyzzy"])
def test_searches_per_address_are_limited(
    client: APIClient, open_library: Any, rate_limits: Settings, path: str
) -> None:
    responses = [client.get(path) for _ in range(3)]

    assert [response.status_code for response in responses] == [200, 200, 429]
    assert 0 < int(responses[-1]["Retry-After"]) <= 60
    assert client.get("/api/books/search?title=xyzzy").status_code == 200


def test_forwarded_addresses_are_ignored_without_a_proxy(client: APIClient, rate_limits: Settings) -> None:
    credentials = {"email": "unknown@example.org", "password": PASSWORD}

    responses = [client.post("/api/auth/login", credentials, HTTP_X_FORWARDED_FOR=f"203.0.113.{i}") for i in range(3)]

    assert [response.status_code for response in responses] == [401, 401, 429]
