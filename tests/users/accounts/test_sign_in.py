"""Signing in, and the tokens that it returns."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, is_signed_in, login
from tests.support.factories import make_user
from users.models import Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_accounts(db: None) -> None:
    make_user(email="closed@example.org", password=PASSWORD, is_active=False)
    make_user(email="passwordless@example.org")


def test_a_login_returns_a_token(client: APIClient, ann: User) -> None:
    response = login(client, "Ann@Example.org")

    body = response.json()
    assert response.status_code == 200
    assert body["user"] == {"id": ann.pk, "name": "Ann", "email": "ann@example.org", "age": 30}
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {body['token']}")
    assert client.get("/api/users/me").json() == {**body["user"], "time_zone": "UTC"}


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


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a b", f"Bearer {'0' * 64}", "Bearer \x00", "Bearer é", "Token abc", "Basic YTpi"],
)
def test_invalid_credentials_are_not_treated_as_anonymous(client: APIClient, header: str) -> None:
    assert client.get("/api/users").status_code == 200
    client.credentials(HTTP_AUTHORIZATION=header)

    assert client.get("/api/users").status_code == 401


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
