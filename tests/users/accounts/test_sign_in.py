"""Tokens and sessions."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_user
from users.models import Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user(email="ann@example.org", password=PASSWORD)


def login(client: APIClient, email: str = "ann@example.org", password: str = PASSWORD) -> Any:
    return client.post("/api/auth/login", {"email": email, "password": password})


def test_a_login_gives_a_token_that_signs_in(client: APIClient, ann: User) -> None:
    answer = login(client, "Ann@Example.org")

    body = answer.json()
    assert answer.status_code == 200
    assert body["user"] == {"id": ann.pk, "name": ann.name, "email": "ann@example.org", "age": None}
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {body['token']}")
    assert client.get("/api/users/me").json()["id"] == ann.pk


def test_only_the_hash_of_a_token_is_stored(client: APIClient, ann: User) -> None:
    token = login(client).json()["token"]

    (row,) = Token.objects.values()
    assert token not in str(row)


def test_unknown_address_wrong_password_and_closed_account_are_told_the_same(client: APIClient, ann: User) -> None:
    make_user(email="closed@example.org", password=PASSWORD, is_active=False)
    make_user(email="none@example.org")

    answers = [
        login(client, password="wrong"),
        login(client, "nobody@example.org"),
        login(client, "closed@example.org"),
        login(client, "none@example.org"),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("email", ["ann@example.org", "nobody@example.org", "none@example.org", "closed@example.org"])
def test_each_refused_login_costs_one_hash(client: APIClient, ann: User, email: str) -> None:
    make_user(email="none@example.org")
    make_user(email="closed@example.org", password=PASSWORD, is_active=False)
    hasher = hashers.get_hasher("argon2")
    with (
        patch.object(hasher, "encode", wraps=hasher.encode) as encode,
        patch.object(hasher, "verify", wraps=hasher.verify) as verify,
    ):
        login(client, email, "wrong")

    assert encode.call_count + verify.call_count == 1


def test_a_logout_ends_one_token_a_logout_of_all_ends_all(ann: User) -> None:
    first, second, third = signed_in(ann), signed_in(ann), signed_in(ann)
    other = signed_in(make_user())

    assert first.post("/api/auth/logout").status_code == 204
    assert (first.get("/api/users/me").status_code, second.get("/api/users/me").status_code) == (401, 200)
    assert second.post("/api/auth/logout-all").status_code == 204
    assert (third.get("/api/users/me").status_code, other.get("/api/users/me").status_code) == (401, 200)


def test_a_session_signs_out_too(ann: User) -> None:
    browser = APIClient()
    browser.force_login(ann)

    assert browser.post("/api/auth/logout").status_code == 204
    assert browser.get("/api/users/me").status_code == 401


@pytest.mark.parametrize("by", ["api", "admin", "code"])
def test_a_changed_password_ends_all_tokens(ann: User, by: str, staff_client: APIClient) -> None:
    mine, elsewhere = signed_in(ann), signed_in(ann)

    if by == "api":
        mine.patch("/api/users/me", {"password": "another good one", "current_password": PASSWORD})
    elif by == "admin":
        form = "password1=another+good+one&password2=another+good+one&usable_password=true"
        kind = "application/x-www-form-urlencoded"
        staff_client.generic("POST", f"/admin/users/user/{ann.pk}/password/", form, content_type=kind)
    else:
        ann.set_password("another good one")
        ann.save()

    ann.refresh_from_db()
    assert ann.check_password("another good one")
    assert mine.get("/api/users/me").status_code == elsewhere.get("/api/users/me").status_code == 401


def test_signing_in_ends_no_other_token(client: APIClient, ann: User) -> None:
    mine = signed_in(ann)
    login(client)

    assert mine.get("/api/users/me").status_code == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a b", f"Bearer {'0' * 64}", "Bearer \x00", "Bearer é", "Token abc", "Basic YTpi"],
)
def test_bad_credentials(client: APIClient, header: str) -> None:
    client.credentials(HTTP_AUTHORIZATION=header)

    assert client.get("/api/users/me").status_code == 401


def test_an_expired_token_and_a_closed_account(ann: User) -> None:
    mine = signed_in(ann)
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert mine.get("/api/users/me").status_code == 401

    mine = signed_in(ann)
    User.objects.update(is_active=False)
    assert mine.get("/api/users/me").status_code == 401


def test_a_request_looks_at_its_own_token_alone(ann: User) -> None:
    mine = signed_in(ann)
    for _ in range(3):
        Token.objects.create(user=ann)

    with CaptureQueriesContext(connection) as queries:
        assert mine.get("/api/users/me").status_code == 200

    looked_for = [query["sql"] for query in queries if Token._meta.db_table in query["sql"]]
    assert len(looked_for) == 1
    assert "token_key" in looked_for[0].partition("WHERE")[2]


def test_tokens_that_are_over_go_when_their_owner_signs_in(client: APIClient, ann: User) -> None:
    Token.objects.create(user=ann)
    others = Token.objects.create(user=make_user())[0]
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    login(client)

    assert Token.objects.filter(user=ann).count() == 1
    assert Token.objects.filter(pk=others.pk).exists()


def test_logins_are_throttled_per_account(client: APIClient, ann: User) -> None:
    for _ in range(10):
        assert login(client, password="wrong").status_code == 401

    refused = login(client, "ANN@example.org")

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/problem+json"
    assert login(client, "bea@example.org").status_code == 401


def test_logins_are_throttled_per_address_whatever_the_client_says_of_itself(client: APIClient) -> None:
    for number in range(30):
        client.post(
            "/api/auth/login",
            {"email": f"a{number}@example.org", "password": "x"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        )

    assert login(client, "other@example.org").status_code == 429
    assert APIClient(REMOTE_ADDR="10.9.9.9").post("/api/auth/login", {}).status_code == 422


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": 3, "password": "x"}, [], {"email": "a", "pass": "b"}])
def test_a_wrong_login_body(client: APIClient, body: Any) -> None:
    assert client.post("/api/auth/login", body).status_code in {401, 422}
