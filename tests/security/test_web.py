"""What a browser or a hostile page can be made to do: hosts, cross-site requests, sessions, redirects, fields."""

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
def test_another_host_name_is_refused(client: APIClient, host: str, path: str) -> None:
    answer = client.get(path, HTTP_HOST=host)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_links_never_follow_a_header_of_the_client_s(client: APIClient) -> None:
    for _ in range(11):
        make_book()

    answer = client.get("/api/books", HTTP_X_FORWARDED_HOST="evil.example.net", HTTP_X_FORWARDED_PROTO="https")

    assert answer.json()["next"].startswith("http://testserver/")


def test_a_session_changes_nothing_without_the_csrf_token() -> None:
    staff = Client(enforce_csrf_checks=True)
    staff.force_login(make_user(is_staff=True, is_superuser=True))
    book = make_book(title="Odes")

    for path, method in [
        ("/api/books", "post"), (f"/api/books/{book.pk}", "delete"), ("/api/auth/logout-all", "post"),
        ("/api/users/me", "patch"), ("/api/library", "post"), ("/api/scrape-runs", "post"), ("/sign-out", "post"),
        ("/admin/books/book/add/", "post"), (f"/admin/books/book/{book.pk}/delete/", "post"), ("/sign-in", "post"),
        ("/admin/scraping/scraperun/start/", "post"), ("/admin/logout/", "post"),
    ]:  # fmt: skip
        answer = getattr(staff, method)(path, {}, content_type="application/json")
        assert answer.status_code == 403, path
        assert answer["Content-Type"] == "application/problem+json", path
    assert staff.get("/api/users/me").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example.net", "null", "http://[", "http://testserver.evil.net"])
def test_another_site_s_page_does_not_write_on_the_household_s_shelf(settings: Settings, origin: str) -> None:
    settings.SHARED_SHELF = True
    entry = LibraryEntry.objects.create(user=None, book=make_book())
    address = f"/api/library/{entry.pk}/readings"

    for kind in ("", "text/plain"):  # what a page may send without asking first
        answer = APIClient().generic("POST", address, content_type=kind, headers={"Origin": origin})
        assert answer.status_code == 401
    assert not entry.readings.exists()
    assert APIClient().post(address, headers={"Origin": "http://testserver"}).status_code == 201
    assert APIClient().post(address).status_code == 201


def test_a_session_of_before_is_worth_nothing_after_signing_in() -> None:
    make_user(email="ann@example.org", password=PASSWORD)
    browser = Client()
    browser.session["planted"] = "by somebody else"
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
def test_signing_in_leads_nowhere_else(target: str) -> None:
    make_user(email="ann@example.org", password=PASSWORD, is_staff=True)
    form = {"username": "ann@example.org", "password": PASSWORD, "next": target}

    for page in (SIGN_IN, "/admin/login/"):
        answer = Client().post(f"{page}?next={target}", form)
        assert answer.status_code == 302
        assert answer["Location"] == "/api"


@pytest.mark.parametrize(
    "field", ["id", "is_staff", "is_superuser", "is_active", "groups", "date_joined", "last_login"]
)
def test_nobody_gives_themselves_what_is_not_theirs(client: APIClient, field: str) -> None:
    new: dict[str, Any] = {"name": "New", "email": "new@example.org", "age": 1, field: True}
    ann = make_user()
    client.force_login(ann)

    for answer in (client.post("/api/users", new), client.patch("/api/users/me", {field: True})):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    assert User.objects.count() == 1
    ann.refresh_from_db()
    assert (ann.is_staff, ann.is_superuser) == (False, False)


@pytest.mark.parametrize("field", ["id", "user", "user_id", "created_at", "readings"])
def test_nobody_puts_a_book_on_another_s_shelf(client: APIClient, field: str) -> None:
    ann, bob, book = make_user(), make_user(), make_book()
    entry = LibraryEntry.objects.create(user=ann, book=book)
    client.force_login(ann)

    assert client.post("/api/library", {"book": book.pk, field: bob.pk}).status_code == 422
    assert client.patch(f"/api/library/{entry.pk}", {field: bob.pk}).status_code == 422
    assert not LibraryEntry.objects.filter(user=bob).exists()


@pytest.mark.parametrize("field", ["id", "source", "source_key", "missing_since", "created_at", "title_key"])
def test_staff_do_not_write_what_the_service_keeps(staff_client: APIClient, field: str) -> None:
    book = make_book(title="Odes")

    for answer in (
        staff_client.post("/api/books", {"title": "New", field: "x"}),
        staff_client.patch(f"/api/books/{book.pk}", {field: "x"}),
    ):
        assert answer.status_code == 422, answer.content


@pytest.mark.parametrize(
    "path", ["/", "/api/books", "/api/nothing", "/docs", "/sign-in", "/admin/login/", "/static/colophon/page.css"]
)
def test_every_answer_says_how_it_may_be_used(client: APIClient, path: str) -> None:
    answer = client.get(path, HTTP_ACCEPT="text/html")

    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert (policy["object-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Request-ID"]
    answer.close()  # a static file


def test_covers_and_product_addresses_are_of_the_web(staff_client: APIClient) -> None:
    for address in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil", "vbscript:x"):
        for field in ("cover_url", "product_url"):
            assert staff_client.post("/api/books", {"title": "New", field: address}).status_code == 422, address


@pytest.fixture
def limited(settings: Settings) -> Settings:
    settings.REGISTRATIONS_PER_ADDRESS, settings.SEARCHES_PER_ADDRESS = "2/minute", "2/minute"
    settings.LOGINS_PER_ADDRESS = "2/minute"
    return settings


@pytest.mark.parametrize("path", ["/users", "/api/users"])
def test_registrations_from_one_address_are_limited_but_for_staff(
    client: APIClient, staff_client: APIClient, limited: Settings, path: str
) -> None:
    answers = [client.post(path, {"name": "N", "email": f"n{i}@example.org", "age": 1}) for i in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["status"] == 429
    assert client.get(path).status_code == 200
    assert staff_client.post(path, {"name": "N", "email": "n9@example.org", "age": 1}).status_code == 201


@pytest.mark.parametrize("path", ["/search?q=xyzzy", "/api/search?q=xyzzy"])
def test_searches_from_one_address_are_limited(
    client: APIClient, open_library: Any, limited: Settings, path: str
) -> None:
    answers = [client.get(path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert client.get("/api/books/search?title=xyzzy").status_code == 200


def test_an_address_is_the_proxy_s_word_only_where_there_is_a_proxy(client: APIClient, limited: Settings) -> None:
    wrong = {"email": "nobody@example.org", "password": PASSWORD}

    answers = [client.post("/api/auth/login", wrong, HTTP_X_FORWARDED_FOR=f"203.0.113.{i}") for i in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
