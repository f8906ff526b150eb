"""Registration and the list of users, at the canonical paths and those of the earlier service."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD
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


def test_the_list_is_an_array_of_all_users_or_of_one_page(client: APIClient) -> None:
    ids = [make_user().pk for _ in range(25)]

    assert [user["id"] for user in client.get("/users").json()] == ids
    page = client.get("/users?page=2&limit=10")
    assert [user["id"] for user in page.json()] == ids[10:20]
    assert page["X-Total-Count"] == "25"
    assert page["Link"] == (
        '<http://testserver/users?limit=10&page=3>; rel="next", <http://testserver/users?limit=10>; rel="prev"'
    )
    assert [user["id"] for user in client.get("/users?page=3").json()] == ids[20:]
    assert client.get("/users?page=4").status_code == 404
    assert client.get("/users?lmit=3").status_code == 422


@pytest.mark.parametrize("user_id", ["0", "99", "9" * 30])
def test_unknown_ids_are_404(client: APIClient, user_id: str) -> None:
    response = client.get(f"/users/{user_id}")

    assert (response.status_code, response.json()["detail"]) == (404, "User not found")


@pytest.mark.parametrize("age", ["28", " 28 ", 28.0, 0, 150])
def test_valid_ages(client: APIClient, age: Any) -> None:
    response = client.post("/users", {**ANN, "age": age})

    assert (response.status_code, response.json()["age"]) == (201, int(age))


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
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
    ],
)
def test_invalid_fields(client: APIClient, pointer: str, change: dict[str, Any]) -> None:
    response = client.post("/users", {**ANN, **change})

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in response.json()["errors"]} == {pointer}
    assert not User.objects.exists()


@pytest.mark.parametrize("missing", ["name", "email", "age"])
def test_missing_fields(client: APIClient, missing: str) -> None:
    response = client.post("/users", {name: value for name, value in ANN.items() if name != missing})

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{missing}"]


def test_an_infinite_age_is_invalid(client: APIClient) -> None:
    body = '{"name": "Ann", "email": "ann@example.org", "age": 1e400}'
    response = client.generic("POST", "/users", body, content_type="application/json")

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == ["/age"]


def test_names_are_trimmed(client: APIClient) -> None:
    assert client.post("/users", {**ANN, "name": "  Ann O’Hara "}).json()["name"] == "Ann O’Hara"


def test_an_email_in_use_is_409_in_any_case(client: APIClient) -> None:
    client.post("/users", ANN)

    response = client.post("/users", {**ANN, "email": "ANN@Example.org"})

    assert response.status_code == 409
    assert "e-mail address already" in response.json()["detail"]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("kim@BÜCHER.example", "kim@bücher.example"),
        ("kim@bücher.example", "kim@xn--bcher-kva.example"),
        ("kim@bu\u0308cher.example", "Kim@bücher.example"),
        ("kim@mail.example.org", "kim@ｍａｉｌ.example.org"),
        ("kim@example.org", '"kim"@example.org'),
    ],
)
def test_spellings_of_an_email_in_use_are_409(
    client: APIClient, ann_client: APIClient, first: str, second: str
) -> None:
    registered = client.post("/users", {**ANN, "email": first})
    assert registered.status_code == 201
    assert registered.json()["email"] == first

    assert client.post("/users", {**ANN, "email": second}).status_code == 409
    change = {"email": second, "current_password": PASSWORD}
    assert ann_client.patch("/api/users/me", change).status_code == 409
    assert User.objects.count() == 2


@pytest.mark.parametrize("local_part", ["\u212aim", "İan", "ıan", "anſ"])
def test_letters_that_look_like_ascii_are_rejected(client: APIClient, ann_client: APIClient, local_part: str) -> None:
    email = f"{local_part}@example.org"

    responses = [
        client.post("/users", {**ANN, "email": email}),
        ann_client.patch("/api/users/me", {"email": email, "current_password": PASSWORD}),
    ]

    assert [response.status_code for response in responses] == [422, 422]
    assert [response.json()["errors"][0]["pointer"] for response in responses] == ["/email", "/email"]


def test_passwords_are_stored_as_argon2_and_never_returned(client: APIClient) -> None:
    response = client.post("/users", {**ANN, "password": PASSWORD})

    assert response.json().keys() == {"id", "name", "email", "age"}
    assert PASSWORD.encode() not in response.content
    user = User.objects.get()
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert user.check_password(PASSWORD)


def test_without_a_password_the_account_cannot_sign_in(client: APIClient) -> None:
    client.post("/users", ANN)

    assert not User.objects.get().has_usable_password()
