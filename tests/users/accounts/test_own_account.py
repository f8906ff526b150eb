"""The user's own account: reading, changing and deleting it, also while other requests change it."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD
from tests.support.factories import make_user
from users.accounts.serializers import OwnAccountSerializer
from users.models import User

pytestmark = pytest.mark.django_db


def validate_change(user: User, **data: Any) -> OwnAccountSerializer:
    """A validated change that is not written yet."""
    serializer = OwnAccountSerializer(User.objects.get(pk=user.pk), data, partial=True)
    serializer.is_valid(raise_exception=True)
    return serializer


def test_reading_and_changing(ann_client: APIClient, ann: User) -> None:
    body = {"id": ann.pk, "name": "Ann", "email": "ann@example.org", "age": 30, "time_zone": "UTC"}
    assert ann_client.get("/api/users/me").json() == body
    assert ann_client.get("/users/me").json() == body

    response = ann_client.patch("/api/users/me", {"name": "New Name", "age": "31"})

    assert (response.status_code, response.json()) == (200, {**body, "name": "New Name", "age": 31})
    ann.refresh_from_db()
    assert (ann.name, ann.age) == ("New Name", 31)


def test_the_time_zone_is_shown_to_its_owner_only(ann_client: APIClient, client: APIClient, ann: User) -> None:
    response = ann_client.patch("/api/users/me", {"time_zone": "Asia/Kolkata"})

    assert (response.status_code, response.json()["time_zone"]) == (200, "Asia/Kolkata")
    assert ann_client.get("/api/users/me").json()["time_zone"] == "Asia/Kolkata"
    assert "time_zone" not in client.get(f"/api/users/{ann.pk}").json()
    assert "time_zone" not in client.get("/api/users").json()[0]


@pytest.mark.parametrize(
    "value",
    ["Moon/Crater", "europe/london", " UTC", "UTC\n", "../etc/passwd", "localtime", "", "\x00", "A" * 65, None, 1],
)
def test_an_unknown_time_zone_is_refused(ann_client: APIClient, ann: User, value: Any) -> None:
    response = ann_client.patch("/api/users/me", {"time_zone": value, "name": "Anna"})

    assert response.status_code == 422
    assert {error["pointer"] for error in response.json()["errors"]} == {"/time_zone"}
    ann.refresh_from_db()
    assert (ann.name, ann.time_zone) == ("Ann", "UTC")


def test_the_error_of_an_unknown_time_zone_names_a_valid_one(ann_client: APIClient) -> None:
    (error,) = ann_client.patch("/api/users/me", {"time_zone": "Moon/Crater"}).json()["errors"]

    assert error["detail"].endswith("Use a name of the IANA database, such as Europe/London.")


def test_anonymous_clients_have_no_account(client: APIClient) -> None:
    assert client.get("/api/users/me").status_code == 401


@pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"password": NEW_PASSWORD}])
def test_email_and_password_changes_require_the_password(
    ann_client: APIClient, ann: User, change: dict[str, str]
) -> None:
    for confirmation in ({}, {"current_password": "wrong"}):
        response = ann_client.patch("/api/users/me", {**change, **confirmation})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/current_password"
    ann.refresh_from_db()
    assert (ann.email, ann.check_password(PASSWORD)) == ("ann@example.org", True)

    assert ann_client.patch("/api/users/me", {**change, "current_password": PASSWORD}).status_code == 200
    ann.refresh_from_db()
    assert ann.email == change.get("email", ann.email)
    assert ann.check_password(change.get("password", PASSWORD))


def test_changing_to_an_email_in_use_is_409(ann_client: APIClient, ann: User) -> None:
    make_user(email="taken@example.org")

    response = ann_client.patch("/api/users/me", {"email": "Taken@example.org", "current_password": PASSWORD})

    assert response.status_code == 409
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"


def test_a_new_email_signs_in_and_the_old_one_is_free(ann_client: APIClient, client: APIClient) -> None:
    ann_client.patch("/api/users/me", {"email": "Anna@Example.org", "current_password": PASSWORD})

    assert ann_client.get("/api/users/me").json()["email"] == "Anna@Example.org"
    login = {"email": "anna@example.org", "password": PASSWORD}
    assert client.post("/api/auth/login", login).status_code == 200
    assert client.post("/api/users", {"name": "New", "email": "ann@example.org", "age": 1}).status_code == 201


def test_a_new_password_must_follow_the_rules(ann_client: APIClient) -> None:
    response = ann_client.patch("/api/users/me", {"password": "password", "current_password": PASSWORD})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/password"


def test_deleting_requires_the_password(ann_client: APIClient) -> None:
    assert ann_client.delete("/api/users/me").json()["errors"][0]["pointer"] == "/password"
    assert ann_client.delete("/api/users/me", {"password": "wrong"}).json()["errors"][0]["code"] == "wrong"
    assert User.objects.count() == 1

    assert ann_client.delete("/api/users/me", {"password": PASSWORD}).status_code == 204
    assert not User.objects.exists()
    assert ann_client.get("/api/users/me").status_code == 401


def test_a_change_does_not_restore_a_deleted_account(ann: User) -> None:
    change = validate_change(ann, name="Back")
    ann.delete()

    with pytest.raises(AuthenticationFailed):
        change.save()
    assert not User.objects.exists()


def test_a_change_does_not_reopen_a_deactivated_account(ann: User) -> None:
    change = validate_change(ann, name="Open")
    User.objects.update(is_active=False)

    with pytest.raises(AuthenticationFailed):
        change.save()
    assert not User.objects.get().is_active


def test_fields_that_were_not_sent_are_not_written(ann: User) -> None:
    change = validate_change(ann, name="Anna")
    User.objects.update(age=31, is_staff=True)

    change.save()

    ann.refresh_from_db()
    assert (ann.name, ann.age, ann.is_staff) == ("Anna", 31, True)


def test_a_change_fails_after_a_password_change(ann: User) -> None:
    change = validate_change(ann, password=NEW_PASSWORD, current_password=PASSWORD)
    ann.set_password("the thief was faster")
    ann.save()

    with pytest.raises(AuthenticationFailed):
        change.save()
    assert User.objects.get().check_password("the thief was faster")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_password_guesses_with_a_token_are_limited(ann_client: APIClient, settings: Settings, method: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "3/minute"
    bodies = {"patch": {"password": NEW_PASSWORD, "current_password": "guess"}, "delete": {"password": "guess"}}

    responses = [getattr(ann_client, method)("/api/users/me", bodies[method]) for _ in range(4)]

    assert [response.status_code for response in responses] == [422, 422, 422, 429]
    assert 0 < int(responses[-1]["Retry-After"]) <= 60
