"""Access control: every route and method as each kind of caller. A route that is not in the table fails."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from scraping.models import ScrapeRun
from tests.security.access import (
    BODIES,
    CALLERS,
    CLOSED_ACCESS,
    OPEN_ACCESS,
    QUERIES,
    ROUTES_WITHOUT_ROW,
    canonical_path,
    list_rows,
    parse_table,
)
from tests.support.factories import make_book, make_category, make_curator, make_user
from tests.support.routes import METHODS, list_methods, list_routes
from tests.support.shops import make_tracked_page
from users.models import Channel, ImportJob, LibraryEntry, Notification, PriceWatch, Reading, Session, Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def callers() -> dict[str, APIClient]:
    users = {
        "member": make_user(), "other": make_user(), "staff": make_user(is_staff=True), "curator": make_curator(),
        "superuser": make_user(is_staff=True, is_superuser=True),
        "expired": make_user(is_staff=True, is_superuser=True), "deactivated": make_user(is_staff=True),
    }  # fmt: skip
    clients = {"anonymous": APIClient()}
    for caller, user in users.items():
        token = Token.objects.create(user=user)[1]
        clients[caller] = APIClient(headers={"Authorization": f"Bearer {token}"})
        clients[caller].user = user  # type: ignore[attr-defined]
    Token.objects.filter(user=users["expired"]).update(expiry=timezone.now() - timedelta(seconds=1))
    users["deactivated"].is_active = False
    users["deactivated"].save()
    return clients


PathParameters = dict[str, dict[str, Any]]


@pytest.fixture
def path_parameters(callers: dict[str, APIClient]) -> PathParameters:
    """The values of {pk} and the other path parameters, by path prefix."""
    member = callers["member"].user  # type: ignore[attr-defined]
    book = make_book(title="Odes", category=make_category(), authors=["Ann"])
    entry = LibraryEntry.objects.create(user=member, book=book)
    reading = Reading.objects.create(entry=entry)
    run = ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="succeeded")
    tracked = make_tracked_page(member)
    job = ImportJob.objects.create(user=member, state="finished", started_at=timezone.now())
    job.rows.create(number=1, line=2, outcome="failed")
    notification = Notification.objects.create(recipient=member, kind="test", dedupe_key="1", created_at=timezone.now())
    channel = Channel.objects.create(owner=member, kind="ntfy", address="https://ntfy.example.org/topic")
    author, category = book.authors.get(), book.category
    assert category is not None
    return {
        "/books": {"pk": book.pk, "book_id": book.pk},
        "/covers": {"book": book.pk, "width": 240},
        "/book": {"pk": book.pk, "slug": "odes", "reading": reading.pk},
        "/author": {"pk": author.pk, "slug": "ann"},
        "/category": {"pk": category.pk, "slug": "travel"},
        "/catalogue": {"layout": "list"},
        "/library/import": {"pk": 1, "number": 1},
        "/library": {"layout": "list", "year": timezone.localdate().year},
        "/api/authors": {"pk": author.pk},
        "/api/books": {"book_id": book.pk},
        "/api/categories": {"pk": category.pk},
        "/users": {"pk": member.pk},
        "/delete": {"pk": entry.pk},
        "/api/library/{entry_id}/readings/{pk}": {"entry_id": entry.pk, "pk": reading.pk},
        "/api/imports/{import_id}/rows": {"import_id": job.pk, "number": 1},
        "/api/imports": {"pk": job.pk},
        "/api/library": {"pk": entry.pk, "entry_id": entry.pk},
        "/api/scrape-runs": {"pk": run.pk},
        "/api/shops": {"slug": tracked.page.shop_id},
        "/api/tracked": {"pk": tracked.pk},
        "/api/watches": {"pk": PriceWatch.objects.create(user=member, book=book, rule="drop_percent", percent=10).pk},
        "/account": {"number": 1, "pk": channel.pk},
        "/notifications": {"pk": notification.pk},
        "/api/notifications": {"pk": notification.pk},
        "/api/channels": {"pk": channel.pk},
        "/watches": {"pk": 1},
        "/new-password": {"uidb64": "MQ"},
        "/api/tokens": {"token_id": Token.objects.create(user=member)[0].number},
        "/runs": {"pk": run.pk},
        "/tracked": {"pk": tracked.pk},
    }


def build_address(path: str, path_parameters: PathParameters) -> str:
    prefix = max((prefix for prefix in path_parameters if path.startswith(prefix)), key=len, default=None)
    return path.format(**path_parameters[prefix] if prefix else {}) + QUERIES.get(path, "")


def build_body(path: str, path_parameters: PathParameters) -> Any:
    book = path_parameters["/books"]["pk"]
    return {"book": book} if path in {"/save", "/api/library", "/api/watches"} else BODIES.get(path, {})


def request_status(client: APIClient, method: str, address: str, body: Any, **headers: str) -> int:
    """The status of the response. The changes of the request are rolled back."""
    with transaction.atomic():
        response = client.generic(method, address, json.dumps(body), "application/json", headers=headers)
        transaction.set_rollback(True)
    assert response.status_code != 401 or "WWW-Authenticate" in response
    return response.status_code


@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("prefix", ["", "/api"])
def test_access_table(
    settings: Settings,
    callers: dict[str, APIClient],
    path_parameters: PathParameters,
    prefix: str,
    is_open: bool,
) -> None:
    settings.USER_DIRECTORY_OPEN = settings.SHARED_SHELF = is_open
    rows = list_rows(is_open=is_open, prefix=prefix)

    statuses = [
        (method, path, tuple(request_status(callers[caller], method, prefix + address, body) for caller in CALLERS))
        for method, path, _ in rows
        for address, body in [(build_address(path, path_parameters), build_body(path, path_parameters))]
    ]

    assert statuses == rows


def test_head_returns_the_status_of_get(callers: dict[str, APIClient], path_parameters: PathParameters) -> None:
    paths = {path for method, path, _ in parse_table(CLOSED_ACCESS) if method == "GET" and path != "/sign-out"}

    for path in paths:
        address = build_address(path, path_parameters)
        for caller, client in callers.items():
            get_status = request_status(client, "GET", address, {})
            assert request_status(client, "HEAD", address, {}) == get_status, (path, caller)


def test_the_browsable_api_shows_every_read(callers: dict[str, APIClient], path_parameters: PathParameters) -> None:
    paths = {path for method, path, _ in parse_table(CLOSED_ACCESS) if method == "GET" and path.startswith("/api")}

    for path in paths:
        address = build_address(path, path_parameters)
        for caller, client in callers.items():
            status = request_status(client, "GET", address, {})
            assert request_status(client, "GET", address, {}, accept="text/html,*/*;q=0.8") == status, (path, caller)


@pytest.mark.parametrize("ending", ["deactivated", "expired"])
def test_ended_sessions_give_no_access(ending: str) -> None:
    user, client = make_user(is_staff=True, is_superuser=True), Client()
    client.force_login(user)
    assert client.get("/api/users/me").status_code == 200
    if ending == "deactivated":
        User.objects.update(is_active=False)
    else:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get("/api/users/me").status_code == 401
    assert client.get("/api/scrape-runs").status_code == 401
    assert client.get("/admin/").status_code == 302


def test_every_route_has_a_row() -> None:
    rows = {(method, path) for method, path, _ in parse_table(CLOSED_ACCESS)}
    assert {(method, path) for method, path, _ in parse_table(OPEN_ACCESS)} <= rows

    routed = {
        (method, canonical_path(path))
        for path, view in list_routes()
        if not path.startswith("/admin/") and path not in ROUTES_WITHOUT_ROW
        for method in list_methods(view)
    }

    assert routed == rows


def test_other_methods_are_rejected(callers: dict[str, APIClient], path_parameters: PathParameters) -> None:
    rows = {(method, path) for method, path, _ in parse_table(CLOSED_ACCESS)}
    unsupported = {(method.upper(), path) for _, path in rows for method in (*METHODS, "trace")} - rows

    for method, path in unsupported:
        address = build_address(path, path_parameters)
        statuses = {caller: request_status(client, method, address, {}) for caller, client in callers.items()}
        assert statuses.pop("superuser") == 405, (method, path)
        assert set(statuses.values()) <= {401, 403, 405}, (method, path, statuses)
