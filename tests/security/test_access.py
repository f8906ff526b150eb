"""Who gets in: every route, with every method, as each kind of caller. A route without a row fails."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from scraping.models import ScrapeRun
from tests.security.access import BODIES, CALLERS, CLOSED, ELSEWHERE, OPEN, QUERIES, ROWS, canonical, rows
from tests.support.factories import make_book, make_category, make_user
from tests.support.routes import VERBS, methods, routes
from users.models import LibraryEntry, Reading, Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def callers() -> dict[str, APIClient]:
    users = {
        "member": make_user(), "other": make_user(), "staff": make_user(is_staff=True),
        "superuser": make_user(is_staff=True, is_superuser=True),
        "expired": make_user(is_staff=True, is_superuser=True), "deactivated": make_user(is_staff=True),
    }  # fmt: skip
    clients = {"anonymous": APIClient()}
    for kind, user in users.items():
        token = Token.objects.create(user=user)[1]
        clients[kind] = APIClient(headers={"Authorization": f"Bearer {token}"})
        clients[kind].user = user  # type: ignore[attr-defined]
    Token.objects.filter(user=users["expired"]).update(expiry=timezone.now() - timedelta(seconds=1))
    users["deactivated"].is_active = False
    users["deactivated"].save()
    return clients


@pytest.fixture
def places(callers: dict[str, APIClient]) -> dict[str, dict[str, int]]:
    """What {pk} and its like stand for, by the beginning of a path."""
    member = callers["member"].user  # type: ignore[attr-defined]
    book = make_book(title="Odes", category=make_category(), authors=["Ann"])
    entry = LibraryEntry.objects.create(user=member, book=book)
    reading = Reading.objects.create(entry=entry)
    run = ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="succeeded")
    author, category = book.authors.get(), book.category
    assert category is not None
    return {
        "/books": {"pk": book.pk, "book_id": book.pk},
        "/api/authors": {"pk": author.pk},
        "/api/categories": {"pk": category.pk},
        "/users": {"pk": member.pk},
        "/delete": {"pk": entry.pk},
        "/api/library/{entry_id}/readings/{pk}": {"entry_id": entry.pk, "pk": reading.pk},
        "/api/library": {"pk": entry.pk, "entry_id": entry.pk},
        "/api/scrape-runs": {"pk": run.pk},
    }


def filled(path: str, places: dict[str, dict[str, int]]) -> str:
    place = max((begin for begin in places if path.startswith(begin)), key=len, default=None)
    return path.format(**places[place] if place else {}) + QUERIES.get(path, "")


def body_of(path: str, places: dict[str, dict[str, int]]) -> Any:
    book = places["/books"]["pk"]
    return {"book": book} if path in {"/save", "/api/library"} else BODIES.get(path, {})


def status(client: APIClient, method: str, address: str, body: Any) -> int:
    """The answer's; what it changed is taken back."""
    with transaction.atomic():
        answer = client.generic(method, address, json.dumps(body), "application/json")
        transaction.set_rollback(True)
    assert answer.status_code != 401 or "WWW-Authenticate" in answer
    return answer.status_code


@pytest.mark.parametrize(("is_open", "prefix", "method", "path", "expected"), ROWS)
def test_every_route(
    settings: Settings,
    callers: dict[str, APIClient],
    places: dict[str, dict[str, int]],
    is_open: bool,
    prefix: str,
    method: str,
    path: str,
    expected: tuple[int, ...],
) -> None:
    settings.USER_DIRECTORY_OPEN = settings.SHARED_SHELF = is_open
    address, body = prefix + filled(path, places), body_of(path, places)

    found = tuple(status(callers[caller], method, address, body) for caller in CALLERS)

    assert found == expected, dict(zip(CALLERS, found, strict=True))


def test_head_is_answered_as_get_is(callers: dict[str, APIClient], places: dict[str, dict[str, int]]) -> None:
    with_reading = {path for method, path, _ in rows(CLOSED) if method == "GET" and path != "/sign-out"}

    for path in with_reading:
        address = filled(path, places)
        for caller in CALLERS:
            client = callers[caller]
            assert status(client, "HEAD", address, {}) == status(client, "GET", address, {}), (path, caller)


@pytest.mark.parametrize("ended", ["deactivated", "expired"])
def test_a_session_that_ended_is_nobody_s(ended: str) -> None:
    user, client = make_user(is_staff=True, is_superuser=True), Client()
    client.force_login(user)
    assert client.get("/api/users/me").status_code == 200
    if ended == "deactivated":
        User.objects.update(is_active=False)
    else:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get("/api/users/me").status_code == 401
    assert client.get("/api/scrape-runs").status_code in {401, 403}
    assert client.get("/admin/").status_code == 302


def test_every_route_has_a_row() -> None:
    known = {(method, path) for method, path, _ in rows(CLOSED)}
    assert {(m, p) for m, p, _ in rows(OPEN)} <= known

    asked = {
        (method, canonical(path))
        for path, view in routes()
        if not path.startswith("/admin/") and path not in ELSEWHERE
        for method in methods(view)
    }

    assert asked == known


def test_no_other_method_gets_in(callers: dict[str, APIClient], places: dict[str, dict[str, int]]) -> None:
    known = {(method, path) for method, path, _ in rows(CLOSED)}
    others = {(verb.upper(), path) for _, path in known for verb in (*VERBS, "trace")} - known

    for method, path in others:
        for caller in CALLERS:
            found = status(callers[caller], method, filled(path, places), {})
            assert found in {401, 403, 405}, (method, path, caller)
