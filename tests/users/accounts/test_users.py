"""The users service, at the canonical paths and at the earlier clients'."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db

ANN = {"name": "Ann", "email": "ann@example.org", "age": 28}


@pytest.mark.parametrize("path", ["/users", "/api/users", "/users/"])
def test_create_read_and_list(client: APIClient, path: str) -> None:
    created = client.post(path, ANN)

    assert created.status_code == 201
    body = created.json()
    assert body == {"id": body["id"], **ANN}
    assert client.get(f"{path.rstrip('/')}/{body['id']}").json() == body
    assert client.get(path).json() == [body]


def test_the_list_is_an_array_of_all_by_id_or_a_page_of_them(client: APIClient) -> None:
    ids = [make_user().pk for _ in range(25)]

    assert [user["id"] for user in client.get("/users").json()] == ids
    page = client.get("/users?page=2&limit=10")
    assert [user["id"] for user in page.json()] == ids[10:20]
    assert page["X-Total-Count"] == "25"
    assert page["Link"] == (
        '<http://testserver/users?limit=10&page=3>; rel="next", <http://testserver/users?limit=10>; rel="prev"'
    )
    assert len(client.get("/users?page=3").json()) == 5
    assert client.get("/users?page=4").status_code == 404
    assert client.get("/users?lmit=3").status_code == 422


@pytest.mark.parametrize("identity", ["0", "99", "9" * 30])
def test_nobody_there(client: APIClient, identity: str) -> None:
    answer = client.get(f"/users/{identity}")

    assert (answer.status_code, answer.json()["detail"]) == (404, "User not found")


@pytest.mark.parametrize("age", ["28", " 28 ", 28.0, 0, 150])
def test_ages_that_are_taken(client: APIClient, age: Any) -> None:
    assert client.post("/users", {**ANN, "age": age}).json()["age"] == int(age)


WRONG: list[tuple[str, Any]] = [
    ("/age", {"age": None}),
    ("/age", {"age": "not-a-number"}),
    ("/age", {"age": 3.7}),
    ("/age", {"age": True}),
    ("/age", {"age": -1}),
    ("/age", {"age": 151}),
    ("/age", {"age": 10**30}),
    ("/age", {"age": "2_8"}),
    ("/age", {"age": "٢٨"}),
    ("/age", {"age": []}),
    ("/name", {"name": "   "}),
    ("/name", {"name": "x" * 101}),
    ("/name", {"name": "a\nb"}),
    ("/name", {"name": "a\x00b"}),
    ("/name", {"name": None}),
    ("/email", {"email": "nobody"}),
    ("/email", {"email": f"{'x' * 250}@example.org"}),
    ("/email", {"email": "a b@example.org"}),
    ("/password", {"password": "short"}),
    ("/password", {"password": "12345678901"}),
    ("/password", {"password": "ann@example.org"}),
    ("/is_staff", {"is_staff": True}),
    ("/is_superuser", {"is_superuser": True}),
]


@pytest.mark.parametrize(("pointer", "change"), WRONG)
def test_a_wrong_field_is_refused_by_its_pointer(client: APIClient, pointer: str, change: dict[str, Any]) -> None:
    answer = client.post("/users", {**ANN, **change})

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {pointer}
    assert not User.objects.exists()


@pytest.mark.parametrize("missing", ["name", "email", "age"])
def test_a_missing_field(client: APIClient, missing: str) -> None:
    answer = client.post("/users", {name: value for name, value in ANN.items() if name != missing})

    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{missing}"]


def test_a_number_beyond_all_bounds(client: APIClient) -> None:
    body = '{"name": "Ann", "email": "ann@example.org", "age": 1e400}'
    answer = client.generic("POST", "/users", body, content_type="application/json")

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/age"]


def test_names_are_trimmed(client: APIClient) -> None:
    assert client.post("/users", {**ANN, "name": "  Ann O’Hara "}).json()["name"] == "Ann O’Hara"


def test_an_address_in_use_is_409_in_whatever_case(client: APIClient) -> None:
    client.post("/users", ANN)

    answer = client.post("/users", {**ANN, "email": "ANN@Example.org"})

    assert answer.status_code == 409
    assert "e-mail address already" in answer.json()["detail"]
    assert User.objects.count() == 1


def test_a_password_is_kept_as_argon2_and_never_answered(client: APIClient) -> None:
    created = client.post("/users", {**ANN, "password": PASSWORD})

    assert PASSWORD.encode() not in created.content
    assert "password" not in created.json()
    stored = User.objects.get()
    assert stored.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored.check_password(PASSWORD)


def test_me(client: APIClient) -> None:
    user = make_user(age=30)
    mine = signed_in(user)

    assert client.get("/api/users/me").status_code == 401
    assert mine.get("/api/users/me").json()["id"] == user.pk
    assert mine.get("/users/me").json()["id"] == user.pk
    changed = mine.patch("/api/users/me", {"name": "New Name", "age": "31"})
    assert (changed.json()["name"], changed.json()["age"]) == ("New Name", 31)


@pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"password": "another good one"}])
def test_address_and_password_change_only_with_the_current_password(change: dict[str, str]) -> None:
    user = make_user(password=PASSWORD)
    mine = signed_in(user)

    for given in ({}, {"current_password": "wrong"}):
        refused = mine.patch("/api/users/me", {**change, **given})
        assert refused.json()["errors"][0]["pointer"] == "/current_password"

    assert mine.patch("/api/users/me", {**change, "current_password": PASSWORD}).status_code == 200
    user.refresh_from_db()
    assert user.email == change.get("email", user.email)
    assert user.check_password(change.get("password", PASSWORD))


def test_my_address_cannot_become_somebody_else_s() -> None:
    make_user(email="taken@example.org")
    mine = signed_in(make_user(password=PASSWORD))

    answer = mine.patch("/api/users/me", {"email": "Taken@example.org", "current_password": PASSWORD})

    assert answer.status_code == 409


def test_my_new_password_is_held_to_the_rules() -> None:
    mine = signed_in(make_user(password=PASSWORD))

    answer = mine.patch("/api/users/me", {"password": "password", "current_password": PASSWORD})

    assert answer.json()["errors"][0]["pointer"] == "/password"


def test_an_account_is_deleted_with_the_password_asked_again() -> None:
    user = make_user(password=PASSWORD)
    mine = signed_in(user)

    assert mine.delete("/api/users/me").json()["errors"][0]["pointer"] == "/password"
    assert mine.delete("/api/users/me", {"password": "wrong"}).json()["errors"][0]["code"] == "wrong"
    assert User.objects.filter(pk=user.pk).exists()
    assert mine.delete("/api/users/me", {"password": PASSWORD}).status_code == 204
    assert not User.objects.exists()
    assert mine.get("/api/users/me").status_code == 401
