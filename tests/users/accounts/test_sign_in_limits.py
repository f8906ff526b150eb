"""Rate limits of signing in: per account, however its address is written, and per client address."""

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.apps import ALL_APPS
from tests.support.clients import PASSWORD, login, make_client
from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db


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


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
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
