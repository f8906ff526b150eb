"""Signing in and out, tokens and sessions."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as project
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD, make_client
from tests.support.factories import make_user
from users.accounts.views import create_token
from users.models import Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_accounts(db: None) -> None:
    make_user(email="closed@example.org", password=PASSWORD, is_active=False)
    make_user(email="passwordless@example.org")


def login(client: APIClient, email: str = "ann@example.org", password: str = PASSWORD) -> Any:
    return client.post("/api/auth/login", {"email": email, "password": password})


def is_signed_in(client: APIClient) -> bool:
    status = client.get("/api/users/me").status_code
    assert status in {200, 401}
    return bool(status == 200)


def test_a_login_returns_a_token(client: APIClient, ann: User) -> None:
    response = login(client, "Ann@Example.org")

    body = response.json()
    assert response.status_code == 200
    assert body["user"] == {"id": ann.pk, "name": "Ann", "email": "ann@example.org", "age": 30}
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {body['token']}")
    assert client.get("/api/users/me").json() == body["user"]


def test_only_the_hash_of_a_token_is_stored(client: APIClient, ann: User) -> None:
    token = login(client).json()["token"]

    (row,) = Token.objects.values()
    assert token not in str(row)


@pytest.mark.usefixtures("other_accounts")
def test_failed_logins_do_not_reveal_accounts(client: APIClient, ann: User) -> None:
    responses = [
        login(client, password="wrong"),
        login(client, "unknown@example.org"),
        login(client, "closed@example.org"),
        login(client, "passwordless@example.org"),
    ]

    assert {response.status_code for response in responses} == {401}
    assert len({response.content for response in responses}) == 1
    assert responses[0]["WWW-Authenticate"] == "Bearer"


@pytest.mark.usefixtures("other_accounts")
@pytest.mark.parametrize("name", ["ann", "unknown", "passwordless", "closed"])
def test_each_failed_login_costs_one_hash(client: APIClient, ann: User, name: str) -> None:
    hasher = hashers.get_hasher("argon2")
    with (
        patch.object(hasher, "encode", wraps=hasher.encode) as encode,
        patch.object(hasher, "verify", wraps=hasher.verify) as verify,
    ):
        login(client, f"{name}@example.org", "wrong")

    assert encode.call_count + verify.call_count == 1


def test_a_logout_ends_its_token_only(ann: User) -> None:
    first, second = make_client(ann), make_client(ann)

    assert first.post("/api/auth/logout").status_code == 204
    assert (is_signed_in(first), is_signed_in(second)) == (False, True)


def test_logout_all_ends_all_tokens_of_the_user(ann: User) -> None:
    first, second, other = make_client(ann), make_client(ann), make_client(make_user())

    assert first.post("/api/auth/logout-all").status_code == 204
    assert (is_signed_in(first), is_signed_in(second), is_signed_in(other)) == (False, False, True)


@pytest.mark.parametrize("by", ["token", "session"])
def test_logout_all_ends_all_sessions_of_the_user(ann: User, by: str) -> None:
    browsers, other = [APIClient(), APIClient()], APIClient()
    for browser, user in [(browsers[0], ann), (browsers[1], ann), (other, make_user())]:
        browser.force_login(user)
    caller = make_client(ann) if by == "token" else browsers[0]

    assert caller.post("/api/auth/logout-all").status_code == 204
    assert [is_signed_in(browser) for browser in browsers] == [False, False]
    assert (is_signed_in(caller), is_signed_in(other)) == (False, True)

    ann.refresh_from_db()
    browsers[0].force_login(ann)
    assert is_signed_in(browsers[0])


@pytest.mark.parametrize("path", ["/api/auth/logout", "/api/auth/logout-all"])
def test_a_logout_ends_the_session(ann: User, path: str) -> None:
    browser = APIClient()
    browser.force_login(ann)
    assert is_signed_in(browser)

    assert browser.post(path).status_code == 204
    assert not is_signed_in(browser)


@pytest.mark.parametrize("by", ["api", "admin", "code"])
def test_a_new_password_ends_all_tokens(ann: User, by: str, staff_client: APIClient) -> None:
    first, second = make_client(ann), make_client(ann)

    if by == "api":
        first.patch("/api/users/me", {"password": NEW_PASSWORD, "current_password": PASSWORD})
    elif by == "admin":
        new_password = NEW_PASSWORD.replace(" ", "+")
        form = f"password1={new_password}&password2={new_password}&usable_password=true"
        kind = "application/x-www-form-urlencoded"
        staff_client.generic("POST", f"/admin/users/user/{ann.pk}/password/", form, content_type=kind)
    else:
        ann.set_password(NEW_PASSWORD)
        ann.save()

    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)
    assert (is_signed_in(first), is_signed_in(second)) == (False, False)


@pytest.mark.parametrize("by", ["admin", "unusable", "hash"])
def test_a_removed_password_ends_all_tokens_and_sessions(ann: User, by: str, staff_client: APIClient) -> None:
    program, browser = make_client(ann), APIClient()
    browser.force_login(ann)

    if by == "admin":
        kind = "application/x-www-form-urlencoded"
        form = "usable_password=false&unset-password=1"
        staff_client.generic("POST", f"/admin/users/user/{ann.pk}/password/", form, content_type=kind)
    elif by == "unusable":
        ann.set_unusable_password()
        ann.save(update_fields=["password"])
    else:
        ann.password = hashers.make_password(None)
        ann.save()

    ann.refresh_from_db()
    assert not ann.has_usable_password()
    assert (is_signed_in(program), is_signed_in(browser)) == (False, False)


def test_an_upgraded_hash_ends_no_token(client: APIClient, ann: User) -> None:
    User.objects.update(password=hashers.make_password(PASSWORD, hasher="pbkdf2_sha256"))
    program = make_client(ann)

    assert login(client).status_code == 200

    ann.refresh_from_db()
    assert ann.password.startswith("argon2$")
    assert ann.check_password(PASSWORD)
    assert is_signed_in(program)


def test_other_changes_of_the_account_end_no_token(ann: User, ann_client: APIClient) -> None:
    ann.name = "Anna"
    ann.save()

    assert is_signed_in(ann_client)


def test_a_password_change_during_the_login_prevents_the_token(ann: User) -> None:
    authenticated = User.objects.get()
    ann.set_unusable_password()
    ann.save()

    with pytest.raises(AuthenticationFailed):
        create_token(authenticated)
    assert not Token.objects.exists()


def test_a_login_ends_no_other_token(client: APIClient, ann_client: APIClient) -> None:
    login(client)

    assert is_signed_in(ann_client)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a b", f"Bearer {'0' * 64}", "Bearer \x00", "Bearer é", "Token abc", "Basic YTpi"],
)
def test_invalid_credentials_are_not_treated_as_anonymous(client: APIClient, header: str) -> None:
    assert client.get("/api/users").status_code == 200
    client.credentials(HTTP_AUTHORIZATION=header)

    assert client.get("/api/users").status_code == 401


def test_expired_tokens_are_rejected(ann_client: APIClient) -> None:
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert not is_signed_in(ann_client)


def test_tokens_of_deactivated_accounts_are_rejected(ann_client: APIClient) -> None:
    User.objects.update(is_active=False)

    assert not is_signed_in(ann_client)


def test_a_request_reads_only_its_own_token(ann: User, ann_client: APIClient) -> None:
    for _ in range(3):
        Token.objects.create(user=ann)

    with CaptureQueriesContext(connection) as queries:
        assert is_signed_in(ann_client)

    token_queries = [query["sql"] for query in queries if Token._meta.db_table in query["sql"]]
    assert len(token_queries) == 1
    assert "token_key" in token_queries[0].partition("WHERE")[2]


def test_a_login_deletes_expired_tokens_of_the_user(client: APIClient, ann: User) -> None:
    Token.objects.create(user=ann)
    token_of_another = Token.objects.create(user=make_user())[0]
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    login(client)

    assert Token.objects.filter(user=ann).count() == 1
    assert Token.objects.filter(pk=token_of_another.pk).exists()


def test_logins_are_limited_per_account(client: APIClient, ann: User) -> None:
    for _ in range(10):
        assert login(client, password="wrong").status_code == 401

    response = login(client, "ANN@example.org")

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert response["Content-Type"] == "application/problem+json"
    assert login(client, "bea@example.org").status_code == 401


@pytest.mark.parametrize(
    "spelling",
    [
        "ANN@MAIL.EXAMPLE.ORG", "ann@ｍａｉｌ.example.org", "ann@mail。example.org", "ann@ma\u00adil.example.org",
        "ann@MAIL．example.org", '"ann"@mail.example.org',
    ],
)  # fmt: skip
@pytest.mark.parametrize("has_account", [True, False])
def test_spellings_of_an_address_have_one_counter(
    client: APIClient, settings: Settings, spelling: str, has_account: bool
) -> None:
    settings.LOGINS_PER_ACCOUNT = "1/minute"
    if has_account:
        make_user(email="ann@mail.example.org", password=PASSWORD)

    assert login(client, "ann@mail.example.org", "wrong").status_code == 401
    assert login(client, spelling, "wrong").status_code == 429


@pytest.mark.parametrize("spelling", ["İlk", "ılk", "il\u212a", "ilſ"])
def test_accounts_with_letters_that_look_like_ascii_have_one_counter(settings: Settings, spelling: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "1/minute"
    User.objects.create_user(f"{spelling}@example.org", PASSWORD, name="Of an earlier version")
    ascii_spelling = spelling.translate(str.maketrans("İı\u212aſ", "iiks"))

    assert login(APIClient(), f"{ascii_spelling}@example.org").status_code == 200
    assert login(APIClient(), f"{spelling}@example.org").status_code == 429


@pytest.mark.django_db(transaction=True, available_apps=project.INSTALLED_APPS)
@pytest.mark.parametrize("path", ["/api/auth/login", "/api/users/me"])
def test_attempts_stay_counted_with_a_transaction_for_each_request(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, path: str
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    settings.LOGINS_PER_ACCOUNT = "2/minute"
    client = make_client(make_user(email="ann@example.org", password=PASSWORD))

    if path == "/api/auth/login":
        responses = [login(client, password="wrong") for _ in range(3)]
    else:
        responses = [client.delete(path, {"password": "wrong"}) for _ in range(3)]

    assert responses[0].status_code == responses[1].status_code != 429
    assert responses[2].status_code == 429


def test_logins_are_limited_per_address_despite_forwarding_headers(client: APIClient) -> None:
    for number in range(30):
        client.post(
            "/api/auth/login",
            {"email": f"a{number}@example.org", "password": "x"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        )

    assert login(client, "other@example.org").status_code == 429
    assert APIClient(REMOTE_ADDR="10.9.9.9").post("/api/auth/login", {}).status_code == 422


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/email", "/password"]),
        ({"email": "x"}, ["/email", "/password"]),
        ({"email": 3, "password": "x"}, ["/email"]),
        ([], [""]),
        ({"email": "ann@example.org", "pass": "b"}, ["/pass"]),
    ],
)
def test_invalid_login_bodies(client: APIClient, body: Any, pointers: list[str]) -> None:
    response = client.post("/api/auth/login", body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_of_the_login_are_rejected_before_the_body_is_read(client: APIClient, method: str) -> None:
    response = client.generic(method, "/api/auth/login", "{", content_type="application/json")

    assert response.status_code == 405
