"""Access to every route of the admin, and the limits of staff accounts."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.models import Book, PriceObservation
from books.models.price import HeldPrice
from scraping.models import ScrapeRun
from tests.support.factories import make_book, make_category, make_staff, make_user
from tests.support.routes import list_routes
from tests.support.shops import make_tracked_page
from users.models import LibraryEntry, Reading, Session, User

pytestmark = pytest.mark.django_db

ADMIN_PATHS = sorted({path for path, _ in list_routes() if path.startswith("/admin/")})
PUBLIC_PATHS = {"/admin/login/"}
PATHS_FOR_ALL_STAFF = {  # pages without data of any model
    "/admin/", "/admin/login/", "/admin/logout/", "/admin/password_change/", "/admin/password_change/done/",
    "/admin/jsi18n/",
}  # fmt: skip
READ_ONLY = ["/heldprice/", "/priceobservation/", "/dbtaskresult/", "/scraperun/", "/shoppage/"]
SUPERUSER_STATUSES = {  # for GET; every other page returns 200
    "/admin/autocomplete/": 403, "/admin/login/": 302, "/admin/logout/": 405, "/admin/{url}": 404,
    "/admin/r/{content_type_id}/{object_id}/": 404, "/admin/scraping/scraperun/start/": 405,
    "/admin/scraping/scraperun/{pk}/cancel/": 405, "/admin/scraping/shop/{pk}/pause/": 405,
    "/admin/scraping/shop/{pk}/block/": 405, "/admin/scraping/shop/{pk}/resume/": 405,
    "/admin/scraping/shop/{object_id}/delete/": 403,
}  # fmt: skip
TASK = "scraping.tasks.Odes"
PRIVATE = re.compile(r"private thought|Stopped|\b3[.]5\b|\b1987\b")  # the seconds of a time (33.5) are no rating
ICON = re.compile("<svg.*?</svg>", re.DOTALL)


def signed_in_client(**fields: bool) -> Client:
    client = Client()
    client.force_login(make_user(**fields))
    return client


@pytest.fixture
def superuser_client() -> Client:
    return signed_in_client(is_staff=True, is_superuser=True)


@pytest.fixture
def row_ids() -> dict[str, str]:
    """The id of one row of each model, by model."""
    book = make_book(title="Odes", authors=["Odes"], category=make_category("Odes"))
    page = make_tracked_page(make_user()).page
    price = {"price": 1, "currency": "GBP", "in_stock": True}
    rows: list[Model] = [
        book, book.authors.get(), make_category("Odes"), make_user(name="Odes"), Group.objects.create(name="Odes"),
        PriceObservation.objects.create(book=book, observed_at=book.created_at, **price),
        HeldPrice.objects.create(book=book, reason="Odes", **price),
        ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="succeeded", reason="Odes"),
        page, page.shop,
        DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path=TASK, run_after=timezone.now()),
    ]  # fmt: skip
    ids = {row._meta.label_lower.replace(".", "/"): str(row.pk) for row in rows}
    return {**ids, "history": str(book.history.latest().pk)}


def build_address(path: str, row_ids: dict[str, str]) -> str:
    row_id = row_ids.get("/".join(path.split("/")[2:4]), "1")
    path = path.replace("/history/([^/]+)/", f"/history/{row_ids['history']}/")
    for name in ("{object_id}", "{content_type_id}", "{pk}", "{id}", "{url}", "([^/]+)"):
        path = path.replace(name, row_id)
    return path.replace("{app_label}", "books")


def expected_superuser_status(path: str) -> int:
    is_read_only = any(model in path for model in READ_ONLY)
    if is_read_only and path.endswith(("/add/", "/delete/")):
        return 403
    return SUPERUSER_STATUSES.get(path, 302 if path.endswith("/{object_id}/") else 200)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("is_visitor", [True, False], ids=["visitor", "member"])
def test_visitors_and_members_must_sign_in_as_staff(row_ids: dict[str, str], is_visitor: bool, method: str) -> None:
    for path in ADMIN_PATHS:
        client = Client() if is_visitor else signed_in_client()  # a new one, because /admin/logout/ ends the session
        response = getattr(client, method)(build_address(path, row_ids))

        if path in PUBLIC_PATHS:
            assert response.status_code == 200, path
        else:
            assert response.status_code in {302, 403, 404, 405}, path
            assert response.status_code != 302 or "/admin/" in response["Location"], path


def test_superusers_can_open_every_page(superuser_client: Client, row_ids: dict[str, str]) -> None:
    statuses = {path: superuser_client.get(build_address(path, row_ids)).status_code for path in ADMIN_PATHS}

    assert statuses == {path: expected_superuser_status(path) for path in ADMIN_PATHS}


def test_staff_without_permissions_see_and_change_nothing(row_ids: dict[str, str]) -> None:
    client, counts = signed_in_client(is_staff=True), count_rows()

    for path in [path for path in ADMIN_PATHS if path not in PATHS_FOR_ALL_STAFF]:
        address = build_address(path, row_ids)
        responses = [client.get(address), client.post(address, {"post": "yes"})]

        refusals = {403, 404} if expected_superuser_status(path) == 200 else {302, 403, 404, 405}
        assert {response.status_code for response in responses} <= refusals, path
        assert not any(b"Odes" in response.content for response in responses), path
    assert count_rows() == counts


def count_rows() -> tuple[int, int, int]:
    return Book.objects.count(), Group.objects.count(), LibraryEntry.objects.count()


def read_all_rows() -> dict[str, Any]:
    """The rows of all tables but those of sessions and sign-ins."""
    models = [model for model in apps.get_models(include_auto_created=True) if model is not Session]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def test_staff_who_may_only_view_change_nothing(row_ids: dict[str, str]) -> None:
    user, client = make_staff(), Client()
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    form = {"post": "yes", "title": "Defaced", "name": "Defaced", "languages": "[]", "site": "books_to_scrape"}
    inputs = {"post": "yes", "category": row_ids["books/category"], "work_key": "OL1W"}
    rows = read_all_rows()

    for path in [path for path in ADMIN_PATHS if path not in PATHS_FOR_ALL_STAFF]:
        assert client.get(build_address(path, row_ids)).status_code != 500, path
        assert client.post(build_address(path, row_ids), form).status_code != 500, path
    for model, model_admin in admin.site._registry.items():
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for action in ("delete_selected", *(model_admin.actions or ())):
            row_id = row_ids[model._meta.label_lower.replace(".", "/")]
            client.post(path, {**inputs, "action": action, "_selected_action": [row_id]})

    assert read_all_rows() == rows


def test_nobody_reads_a_library_in_the_admin(superuser_client: Client, row_ids: dict[str, str]) -> None:
    """Superusers open every page, also the confirmations of deletions, which list related rows."""
    book, owner = Book.objects.get(pk=row_ids["books/book"]), User.objects.get(pk=row_ids["users/user"])
    entry = make_private_entry(owner, book)
    actions = {"books/book": "delete_selected", "users/user": "delete_selected"}

    pages = [superuser_client.get(build_address(path, row_ids)) for path in ADMIN_PATHS if path != "/admin/logout/"]
    pages += [
        superuser_client.post(f"/admin/{model}/", {"action": action, "_selected_action": [row_ids[model]]})
        for model, action in actions.items()
    ]

    revealing = [page.request["PATH_INFO"] for page in pages if PRIVATE.search(ICON.sub("", page.content.decode()))]
    assert revealing == []
    assert {superuser_client.get(f"/admin/users/libraryentry/{path}").status_code for path in ("", entry.pk)} == {404}


def make_private_entry(owner: User, book: Book) -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.create(
        user=owner, book=book, notes="a private thought", status="stopped", rating="3.5"
    )
    Reading.objects.create(entry=entry, started_on="1987-06-05")
    return entry


def test_confirmations_count_the_entries_of_libraries(superuser_client: Client) -> None:
    book, owner = make_book(), make_user()
    make_private_entry(owner, book)

    assert "1 library entry" in superuser_client.get(f"/admin/books/book/{book.pk}/delete/").content.decode()
    assert "Library entries: 1" in superuser_client.get(f"/admin/users/user/{owner.pk}/delete/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "users/user/?library_entries__notes__startswith=a", "books/book/?library_entries__notes__regex=(a%2B)%2B",
        "books/book/?library_entries__status__exact=read", "users/user/?library_entries__rating__gte=4",
        "books/heldprice/?book__library_entries__rating=4", "users/user/?auth_token_set__digest__startswith=a",
        "books/priceobservation/?book__category__name__startswith=a",
        "users/user/?password__startswith=a", "books/book/?title__regex=(", "scraping/scraperun/?reason__regex=(",
        "books/priceobservation/?observed_at__year=99999999999", "books/priceobservation/?observed_at__year=9999",
        "books/priceobservation/?observed_at__year__gte=99999999999", "books/priceobservation/?observed_at__year=0",
        "books/priceobservation/?observed_at__year__lt=0", "scraping/scraperun/?started_at__day__in=99999999999999",
        "books/book/?category__id__in=99999999999999999999999", "books/book/?rating__in=99999999999999999999999",
        "books/priceobservation/?observed_at__gte=9999-12-31T23:59:59-14:00", "books/book/?source__exact=%00",
        "books/priceobservation/?observed_at__lt=0001-01-01T00:00:00%2B14:00", "books/heldprice/?state__exact=%00",
        "scraping/scraperun/?started_at__gte=9999-12-31T23:59:59-14:00",
        "books/priceobservation/?currency__exact=%00", "scraping/scraperun/?site__exact=a%00",
        "books/priceobservation/?observed_at__gte=2026-13-45T00:00:00",
    ],
)  # fmt: skip
def test_undeclared_and_invalid_filters_are_rejected(superuser_client: Client, query: str) -> None:
    assert superuser_client.get(f"/admin/{query}").status_code == 400


@pytest.mark.parametrize("model", ["books/book", "books/author", "users/user", "scraping/scraperun"])
def test_long_searches_find_nothing(superuser_client: Client, row_ids: dict[str, str], model: str) -> None:
    assert list_ids(superuser_client, model, q="") != []

    assert list_ids(superuser_client, model, q="word " * 2_000) == []


def list_ids(client: Client, model: str, **query: str) -> list[int]:
    """The ids of the rows in a changelist."""
    response = client.get(f"/admin/{model}/", query)
    assert response.status_code == 200, response.content
    return sorted(row.pk for row in response.context["cl"].result_list)


def test_declared_filters_select_rows(superuser_client: Client) -> None:
    category, now = make_category(), datetime(2026, 7, 1, tzinfo=UTC)
    selected = make_book(category=category, rating=3, in_stock=True)
    other = make_book(rating=4, in_stock=False, missing_since=now)
    observations = [
        PriceObservation.objects.create(book=selected, price=1, currency="GBP", observed_at=observed_at)
        for observed_at in (now.replace(year=2026), now.replace(year=2020))
    ]

    for query in (
        {"rating__exact": "3"},
        {"category__id__exact": str(category.pk)},
        {"missing_since__isempty": "1"},
        {"availability__exact": "in_stock"},
    ):
        assert list_ids(superuser_client, "books/book", **query) == [selected.pk], query
    for query in ({"observed_at__year": "2026"}, {"observed_at__gte": "2026-01-01 00:00:00+00:00"}):
        assert list_ids(superuser_client, "books/priceobservation", **query) == [observations[0].pk], query
    for query in ({"book__category__id__exact": str(category.pk)}, {"book__category__isnull": "True"}):
        rows = observations if "book__category__id__exact" in query else []
        assert list_ids(superuser_client, "books/priceobservation", **query) == [row.pk for row in rows], query
    assert list_ids(superuser_client, "books/book") == [selected.pk, other.pk]
