"""Names need a visible character."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db
INVISIBLE = [
    "\u200b\u200b",
    "\u3164",
    "\u2800",
    "\u00ad",
    "\ufeff",
    " \u00a0 ",
    "\u115f\uffa0",
    "\u2060\ufe0f",
    "\u180e",
]
CONTROL = ["a\u202eb", "\u2066a", "a\x00b", "a\u0085b"]
VISIBLE = ["Ann", "é", "👩‍🚀", "بِسم", "क्‍ष", "O’Neil", "雪", "-"]


def register(client: APIClient, name: str) -> Any:
    return client.post("/api/users", {"name": name, "email": "new@example.org", "age": 30})


@pytest.mark.parametrize("name", INVISIBLE + CONTROL)
def test_names_without_a_visible_character_are_rejected(client: APIClient, name: str) -> None:
    response = register(client, name)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/name"
    assert not User.objects.exists()


@pytest.mark.parametrize("name", VISIBLE)
def test_other_names_are_accepted_unchanged(client: APIClient, name: str) -> None:
    response = register(client, name)

    assert (response.status_code, response.json()["name"]) == (201, name)


def test_own_name_is_changed_by_the_same_rule(member_client: APIClient) -> None:
    assert member_client.patch("/api/users/me", {"name": "\u200b"}).status_code == 422
    assert member_client.patch("/api/users/me", {"name": "Kim"}).status_code == 200


def test_admin_rejects_invisible_names(staff_client: APIClient) -> None:
    user = make_user()

    page = staff_client.post(f"/admin/users/user/{user.pk}/change/", {"name": "\u2800"}, format="multipart")

    assert "A name needs a visible character" in page.content.decode()
