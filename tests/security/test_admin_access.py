"""Who gets into the admin: every one of its routes, and what staff may not do there."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.models import Book, PriceObservation
from books.models.price import HeldPrice
from scraping.models import ScrapeRun
from tests.support.factories import make_book, make_category, make_user
from tests.support.routes import routes
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db

ADMIN = sorted({path for path, _ in routes() if path.startswith("/admin/")})
FOR_EVERYONE = {"/admin/login/"}
FOR_ALL_STAFF = {  # what shows nobody's data
    "/admin/", "/admin/login/", "/admin/logout/", "/admin/password_change/", "/admin/password_change/done/",
    "/admin/jsi18n/",
}  # fmt: skip
READ_ONLY = ["/heldprice/", "/priceobservation/", "/dbtaskresult/", "/scraperun/", "/libraryentry/"]
OTHERWISE = {  # what a superuser gets where it is no page
    "/admin/autocomplete/": 403, "/admin/login/": 302, "/admin/logout/": 405, "/admin/{url}": 404,
    "/admin/r/{content_type_id}/{object_id}/": 404, "/admin/scraping/scraperun/start/": 405,
    "/admin/scraping/scraperun/{pk}/cancel/": 405,
}  # fmt: skip
TASK = "scraping.tasks.Odes"
PERSON = {"email": "new@example.org", "name": "New", "password": "correct horse battery"}


def signed_in(**rights: bool) -> Client:
    client = Client()
    client.force_login(make_user(**rights))
    return client


@pytest.fixture
def rows() -> dict[str, str]:
    """By model, the id of a row."""
    book = make_book(title="Odes", authors=["Odes"], category=make_category("Odes"))
    told = {"price": 1, "currency": "GBP", "in_stock": True}
    made: list[Model] = [
        book, book.authors.get(), make_category("Odes"), make_user(name="Odes"), Group.objects.create(name="Odes"),
        PriceObservation.objects.create(book=book, observed_at=book.created_at, **told),
        HeldPrice.objects.create(book=book, reason="Odes", **told),
        LibraryEntry.objects.create(user=make_user(), book=book),
        ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="succeeded", reason="Odes"),
        DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path=TASK, run_after=timezone.now()),
    ]  # fmt: skip
    ids = {row._meta.label_lower.replace(".", "/"): str(row.pk) for row in made}
    return {**ids, "history": str(book.history.latest().pk)}


def filled(path: str, rows: dict[str, str]) -> str:
    row = rows.get("/".join(path.split("/")[2:4]), "1")
    path = path.replace("/history/([^/]+)/", f"/history/{rows['history']}/")
    for name in ("{object_id}", "{content_type_id}", "{pk}", "{id}", "{url}", "([^/]+)"):
        path = path.replace(name, row)
    return path.replace("{app_label}", "books")


def for_superusers(path: str) -> int:
    is_read_only = any(model in path for model in READ_ONLY)
    if is_read_only and path.endswith(("/add/", "/delete/")):
        return 403
    return OTHERWISE.get(path, 302 if path.endswith("/{object_id}/") else 200)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ADMIN)
def test_strangers_and_members_are_sent_to_sign_in(rows: dict[str, str], path: str, method: str) -> None:
    for client in (Client(), signed_in()):
        answer = getattr(client, method)(filled(path, rows))

        if path in FOR_EVERYONE:
            assert answer.status_code == 200
        else:
            assert answer.status_code in {302, 403, 404, 405}, answer.content
            assert answer.status_code != 302 or "/admin/" in answer["Location"]


@pytest.mark.parametrize("path", ADMIN)
def test_superusers_get_the_page(rows: dict[str, str], path: str) -> None:
    answer = signed_in(is_staff=True, is_superuser=True).get(filled(path, rows))

    assert answer.status_code == for_superusers(path)


@pytest.mark.parametrize("path", [path for path in ADMIN if path not in FOR_ALL_STAFF])
def test_staff_without_rights_see_and_change_nothing(rows: dict[str, str], path: str) -> None:
    address, clerk = filled(path, rows), signed_in(is_staff=True)

    seen, sent = clerk.get(address), clerk.post(address, {"post": "yes"})

    refused = {403, 404} if for_superusers(path) == 200 else {302, 403, 404, 405}
    assert {seen.status_code, sent.status_code} <= refused
    assert b"Odes" not in seen.content + sent.content
    assert (Book.objects.count(), Group.objects.count(), LibraryEntry.objects.count()) == (1, 1, 1)


@pytest.fixture
def manager() -> Client:
    """Staff who may see and change people, and are no superuser."""
    user = make_user(is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="users", content_type__model="user")
    user.user_permissions.set(rights)
    client = Client()
    client.force_login(user)
    return client


def myself(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_whoever_may_change_people_cannot_make_themselves_a_superuser(manager: Client) -> None:
    user = myself(manager)
    page = f"/admin/users/user/{user.pk}/change/"

    answer = manager.post(page, {"email": user.email, "name": "Renamed", "is_active": "on", "is_superuser": "on"})

    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_superuser, user.user_permissions.count()) == ("Renamed", False, 4)


@pytest.mark.parametrize("place", ["change/", "password/", "delete/"])
def test_whoever_may_change_people_does_not_touch_other_staff(manager: Client, place: str) -> None:
    boss = make_user(is_staff=True, is_superuser=True, password="battery staple horse")
    new = {"password1": PERSON["password"], "password2": PERSON["password"], "post": "yes", **PERSON}

    answer = manager.post(f"/admin/users/user/{boss.pk}/{place}", new)

    assert answer.status_code == 403
    boss.refresh_from_db()
    assert boss.check_password("battery staple horse")


def test_the_admin_shows_nobody_s_notes() -> None:
    LibraryEntry.objects.create(user=make_user(), book=make_book(), notes="a private thought")
    boss = signed_in(is_staff=True, is_superuser=True)
    entry = LibraryEntry.objects.get()

    for path in ("", f"{entry.pk}/change/"):
        assert b"a private thought" not in boss.get(f"/admin/users/libraryentry/{path}").content


@pytest.mark.parametrize(
    "query",
    [
        "users/libraryentry/?notes__startswith=a", "users/libraryentry/?notes__regex=(a%2B)%2B",
        "users/libraryentry/?updated_at__year=99999999999", "users/user/?auth_token_set__digest__startswith=a",
        "users/user/?password__startswith=a", "books/book/?title__regex=(", "scraping/scraperun/?reason__regex=(",
        "books/priceobservation/?observed_at__year=99999999999", "books/priceobservation/?observed_at__year=9999",
        "books/priceobservation/?observed_at__year__gte=99999999999", "books/priceobservation/?observed_at__year=0",
        "books/priceobservation/?observed_at__year__lt=0", "scraping/scraperun/?started_at__day__in=99999999999999",
        "books/book/?category__id__in=99999999999999999999999", "books/book/?rating__in=99999999999999999999999",
        "books/priceobservation/?observed_at__gte=9999-12-31T23:59:59-14:00", "books/book/?source__exact=%00",
        "books/priceobservation/?observed_at__lt=0001-01-01T00:00:00%2B14:00", "books/heldprice/?state__exact=%00",
        "scraping/scraperun/?started_at__gte=9999-12-31T23:59:59-14:00", "users/libraryentry/?status__exact=%00",
        "books/priceobservation/?currency__exact=%00", "scraping/scraperun/?site__exact=a%00",
        "books/priceobservation/?observed_at__gte=2026-13-45T00:00:00",
    ],
)  # fmt: skip
def test_a_list_is_filtered_by_what_it_offers_alone(query: str) -> None:
    assert signed_in(is_staff=True, is_superuser=True).get(f"/admin/{query}").status_code == 400


@pytest.mark.parametrize(
    "place", ["books/book", "books/author", "users/user", "scraping/scraperun", "users/libraryentry"]
)
def test_a_long_search_is_answered(place: str) -> None:
    boss = signed_in(is_staff=True, is_superuser=True)

    assert boss.get(f"/admin/{place}/", {"q": "word " * 2_000}).status_code == 200


def test_the_filters_that_lists_offer_work() -> None:
    category = make_category()
    make_book(category=category, rating=3)
    boss = signed_in(is_staff=True, is_superuser=True)

    for query in (
        "rating__exact=3",
        f"category__id__exact={category.pk}",
        "missing_since__isempty=1",
        "in_stock__exact=1",
    ):
        assert boss.get(f"/admin/books/book/?{query}").status_code == 200
    for query in ("observed_at__year=2026", "observed_at__gte=2026-01-01%2000:00:00%2B00:00"):
        assert boss.get(f"/admin/books/priceobservation/?{query}").status_code == 200


def test_staff_give_no_group_rights() -> None:
    clerk, group = make_user(is_staff=True), Group.objects.create(name="clerks")
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_group"))
    clerk.groups.add(group)
    client = Client()
    client.force_login(clerk)

    answer = client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "clerks", "permissions": [1, 2, 3]})

    assert answer.status_code == 403
    assert not group.permissions.exists()
