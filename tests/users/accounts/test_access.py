"""Access to the user directory and to registration, as the settings allow it."""

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import make_client
from tests.support.factories import make_staff, make_user
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clients(ann_client: APIClient) -> dict[str, APIClient]:
    return {
        "anonymous": APIClient(),
        "user": ann_client,
        "staff": make_client(make_staff(name="Staff")),
        "manager": make_client(make_staff("users.view_user", "users.add_user", name="Manager")),
    }


@pytest.mark.parametrize(
    ("caller", "is_open", "names"),
    [
        ("anonymous", True, ["Ann", "Manager", "Staff"]),
        ("user", True, ["Ann", "Manager", "Staff"]),
        ("user", False, ["Ann"]),
        ("staff", True, ["Ann", "Manager", "Staff"]),
        ("staff", False, ["Staff"]),
        ("manager", True, ["Ann", "Deactivated", "Manager", "Staff"]),
        ("manager", False, ["Ann", "Deactivated", "Manager", "Staff"]),
    ],
)
def test_visible_users(
    settings: Settings, clients: dict[str, APIClient], caller: str, is_open: bool, names: list[str]
) -> None:
    settings.USER_DIRECTORY_OPEN = is_open
    make_user(name="Deactivated", is_active=False)

    assert sorted(user["name"] for user in clients[caller].get("/users").json()) == names
    statuses = {user.name: clients[caller].get(f"/users/{user.pk}").status_code for user in User.objects.all()}
    assert sorted(name for name, status in statuses.items() if status == 200) == names
    assert set(statuses.values()) <= {200, 404}


@pytest.mark.parametrize("path", ["/users", "/users/1"])
def test_a_closed_directory_requires_signing_in(client: APIClient, settings: Settings, path: str) -> None:
    settings.USER_DIRECTORY_OPEN = False

    response = client.get(path)

    assert response.status_code == 401
    assert response.json()["detail"] == "The user directory is closed. Sign in to see your own account."


@pytest.mark.parametrize(
    ("caller", "is_open", "status"),
    [
        ("anonymous", True, 201),
        ("anonymous", False, 401),
        ("user", True, 201),
        ("user", False, 403),
        ("staff", True, 201),
        ("staff", False, 403),
        ("manager", False, 201),
    ],
)
def test_registration(
    settings: Settings, clients: dict[str, APIClient], caller: str, is_open: bool, status: int
) -> None:
    settings.REGISTRATION_OPEN = is_open

    response = clients[caller].post("/users", {"name": "New", "email": "new@example.org", "age": 1})

    assert response.status_code == status, response.content
    assert User.objects.filter(email="new@example.org").exists() is (status == 201)


def test_a_closed_registration_explains_itself(client: APIClient, settings: Settings) -> None:
    settings.REGISTRATION_OPEN = False

    response = client.post("/users", {"name": "A", "email": "a@example.org", "age": 1})

    assert response.status_code == 401
    assert response.json()["detail"] == "Registration is closed. Ask a member of staff for an account."
    assert response["WWW-Authenticate"] == "Bearer"


def test_staff_registrations_are_not_limited(settings: Settings, clients: dict[str, APIClient]) -> None:
    settings.REGISTRATIONS_PER_ADDRESS = "1/hour"

    def register(caller: str) -> list[int]:
        bodies = [{"name": "New", "email": f"{caller}{number}@example.org", "age": 1} for number in range(2)]
        return [clients[caller].post("/users", body).status_code for body in bodies]

    assert (register("staff"), register("anonymous")) == ([201, 201], [201, 429])


@pytest.mark.parametrize(
    ("setting", "value", "is_warned", "check_id"),
    [
        ("USER_DIRECTORY_OPEN", True, True, "users.W001"),
        ("USER_DIRECTORY_OPEN", False, False, "users.W001"),
        ("SHARED_SHELF", True, True, "users.W002"),
        ("SHARED_SHELF", False, False, "users.W002"),
        ("LOGINS_PER_ACCOUNT", None, True, "users.W003"),
    ],
)
def test_check_deploy_warns_of_open_access(
    settings: Settings, capsys: pytest.CaptureFixture[str], setting: str, value: bool, is_warned: bool, check_id: str
) -> None:
    setattr(settings, setting, value)

    call_command("check", "--deploy")

    assert (check_id in capsys.readouterr().err) is is_warned
