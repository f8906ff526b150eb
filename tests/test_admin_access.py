"""Who gets into the admin: every one of its routes, and what staff may not do there."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from books.models import Book, PriceObservation
from scraping.models import ScrapeRun
from tests.factories import make_book, make_category, make_user
from tests.routes import routes
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db

ADMIN = sorted({path for path, _ in routes() if path.startswith("/admin/")})
FOR_EVERYONE = {"/admin/login/"}
FOR_ALL_STAFF = {  # what shows nobody's data
    "/admin/", "/admin/login/", "/admin/logout/", "/admin/password_change/", "/admin/password_change/done/",
    "/admin/jsi18n/",
}  # fmt: skip
PERSON = {"email": "new@example.org", "name": "New", "password": "correct horse battery"}


def signed_in(**rights: bool) -> Client:
    client = Client()
    client.force_login(make_user(**rights))
    return client


@pytest.fixture
def row() -> str:
    """An id that stands in each table, or leads to the list with a word."""
    book = make_book(title="Odes", authors=["Ann"])
    ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="succeeded")
    PriceObservation.objects.create(book=book, price=1, currency="GBP", in_stock=True, observed_at=book.created_at)
    return str(book.pk)


def filled(path: str, row: str) -> str:
    for name in ("{object_id}", "{content_type_id}", "{pk}", "{id}", "{url}", "([^/]+)"):
        path = path.replace(name, row)
    return path.replace("{app_label}", "books").replace("^", "").replace("$", "")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ADMIN)
def test_strangers_and_members_are_sent_to_sign_in(row: str, path: str, method: str) -> None:
    for client in (Client(), signed_in()):
        answer = getattr(client, method)(filled(path, row))

        if path in FOR_EVERYONE:
            assert answer.status_code == 200
        else:
            assert answer.status_code in {302, 403, 404, 405}, answer.content
            assert answer.status_code != 302 or "/admin/" in answer["Location"]


@pytest.mark.parametrize("path", ADMIN)
def test_staff_without_rights_see_nothing_and_superusers_get_an_answer(row: str, path: str) -> None:
    address = filled(path, row)

    assert signed_in(is_staff=True, is_superuser=True).get(address).status_code in {200, 302, 403, 404, 405}
    seen = signed_in(is_staff=True).get(address)
    if path not in FOR_ALL_STAFF:
        assert seen.status_code in {302, 403, 404, 405}
        assert b"Odes" not in seen.content
        assert signed_in(is_staff=True).post(address, {"post": "yes"}).status_code in {302, 403, 404, 405}
    assert Book.objects.count() == 1


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
