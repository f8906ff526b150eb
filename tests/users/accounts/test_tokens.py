"""Named tokens: creating, listing and revoking them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD, is_signed_in, login, make_client
from tests.support.factories import make_user
from users.models import Token, User

pytestmark = pytest.mark.django_db

BODY = {"name": "Backup", "days": 90, "current_password": PASSWORD}


def create(client: APIClient, **changes: Any) -> Any:
    return client.post("/api/tokens", {**BODY, **changes})


def test_a_new_token_signs_in_until_its_expiry(ann_client: APIClient) -> None:
    earliest = timezone.now() + timedelta(days=90)

    response = create(ann_client)

    assert response.status_code == 201
    body = response.json()
    assert (body["name"], body["is_current"]) == ("Backup", False)
    program = APIClient(headers={"Authorization": f"Bearer {body['token']}"})
    assert is_signed_in(program)
    token = Token.objects.get(name="Backup")
    assert earliest <= token.expiry <= timezone.now() + timedelta(days=90)
    assert body["token"] not in str(Token.objects.filter(name="Backup").values().get())
    Token.objects.filter(name="Backup").update(expiry=timezone.now() - timedelta(seconds=1))
    assert not is_signed_in(program)


def test_the_list_has_own_unexpired_tokens_without_their_texts(
    ann: User, ann_client: APIClient, client: APIClient
) -> None:
    text = create(ann_client).json()["token"]
    login(client)
    make_client(make_user())
    Token.objects.create(user=ann, name="Old", expiry=timedelta(seconds=-1))

    response = ann_client.get("/api/tokens")

    results = response.json()["results"]
    assert [(each["name"], each["is_current"]) for each in results] == [("", False), ("Backup", False), ("", True)]
    assert text not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"current_password": "wrong"}, "/current_password"),
        ({"name": "\u200b"}, "/name"),
        ({"name": 5}, "/name"),
        ({"days": 0}, "/days"),
        ({"days": 367}, "/days"),
        ({"days": None}, "/days"),
        ({"user": 1}, "/user"),
    ],
)
def test_invalid_tokens_are_rejected(ann_client: APIClient, changes: dict[str, Any], pointer: str) -> None:
    response = create(ann_client, **changes)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not Token.objects.filter(name="Backup").exists()


def test_a_token_needs_the_password(ann_client: APIClient) -> None:
    response = ann_client.post("/api/tokens", {"name": "Backup", "days": 90})

    assert response.json()["errors"][0]["pointer"] == "/current_password"


def test_guesses_of_the_password_are_limited(ann_client: APIClient, settings: Settings) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"

    statuses = [create(ann_client, current_password="guess").status_code for _ in range(3)]

    assert statuses == [422, 422, 429]


def test_a_revoked_token_signs_in_no_more(ann_client: APIClient) -> None:
    created = create(ann_client).json()
    program = APIClient(headers={"Authorization": f"Bearer {created['token']}"})

    assert ann_client.delete(f"/api/tokens/{created['id']}").status_code == 204

    assert (is_signed_in(program), is_signed_in(ann_client)) == (False, True)
    assert ann_client.delete(f"/api/tokens/{created['id']}").status_code == 404


@pytest.mark.parametrize("number", ["0", "1", "9" * 100])
def test_unknown_tokens_are_404(ann_client: APIClient, number: str) -> None:
    assert ann_client.delete(f"/api/tokens/{number}").status_code == 404
    assert is_signed_in(ann_client)


def test_tokens_of_others_are_404(ann_client: APIClient) -> None:
    other = make_user()
    number = Token.objects.create(user=other, name="Theirs")[0].number

    assert ann_client.delete(f"/api/tokens/{number}").status_code == 404
    assert Token.objects.filter(user=other).exists()


def test_a_new_password_ends_named_tokens(ann_client: APIClient) -> None:
    create(ann_client)

    ann_client.patch("/api/users/me", {"password": NEW_PASSWORD, "current_password": PASSWORD})

    assert not Token.objects.exists()


def test_number_of_queries_does_not_depend_on_the_number_of_tokens(ann: User, ann_client: APIClient) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            Token.objects.create(user=ann)
        with CaptureQueriesContext(connection) as captured:
            ann_client.get("/api/tokens")
        counts.append(len(captured))

    assert counts[0] == counts[1]
