"""Who may see and make whom: every route as each kind of caller, with the directory open and closed."""

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.factories import make_user
from tests.users.test_api import PASSWORD, signed_in

pytestmark = pytest.mark.django_db

NEW = {"name": "New", "email": "new@example.org", "age": 1}
CALLERS = ("anonymous", "owner", "stranger", "staff")
# method, path, then the status for each caller with the directory open, and closed
ROUTES: list[tuple[str, str, tuple[int, ...], tuple[int, ...]]] = [
    ("get", "/users", (200, 200, 200, 200), (401, 200, 200, 200)),
    ("get", "/users/{owner}", (200, 200, 200, 200), (401, 200, 404, 200)),
    ("get", "/api/users/{owner}", (200, 200, 200, 200), (401, 200, 404, 200)),
    ("get", "/api/users/999", (404, 404, 404, 404), (401, 404, 404, 404)),
    ("get", "/api/users/me", (401, 200, 200, 200), (401, 200, 200, 200)),
    ("patch", "/api/users/me", (401, 200, 200, 200), (401, 200, 200, 200)),
    ("delete", "/api/users/me", (401, 422, 422, 422), (401, 422, 422, 422)),
    ("put", "/api/users/{owner}", (401, 405, 405, 405), (401, 405, 405, 405)),
    ("patch", "/api/users/{owner}", (401, 405, 405, 405), (401, 405, 405, 405)),
    ("delete", "/api/users/{owner}", (401, 405, 405, 405), (401, 405, 405, 405)),
    ("post", "/api/auth/logout", (401, 204, 204, 204), (401, 204, 204, 204)),
    ("post", "/api/auth/logout-all", (401, 204, 204, 204), (401, 204, 204, 204)),
]


@pytest.fixture
def callers() -> dict[str, APIClient]:
    owner = make_user(name="Owner", password=PASSWORD)
    clients = {
        "anonymous": APIClient(),
        "owner": signed_in(owner),
        "stranger": signed_in(make_user()),
        "staff": signed_in(make_user(is_staff=True)),
    }
    clients["owner"].defaults["owner"] = str(owner.pk)
    return clients


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize(("method", "path", "opened", "closed"), ROUTES)
def test_every_route(
    settings: Settings,
    callers: dict[str, APIClient],
    is_open: bool,
    method: str,
    path: str,
    opened: tuple[int, ...],
    closed: tuple[int, ...],
) -> None:
    settings.USER_DIRECTORY_OPEN = is_open
    address = path.format(owner=callers["owner"].defaults["owner"])

    for caller, expected in zip(CALLERS, opened if is_open else closed, strict=True):
        answer = getattr(callers[caller], method)(address, {} if method != "get" else None)
        assert answer.status_code == expected, (caller, answer.content)
        if expected == 401:
            assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("is_open", [True, False])
def test_who_is_in_the_list(settings: Settings, callers: dict[str, APIClient], is_open: bool) -> None:
    settings.USER_DIRECTORY_OPEN = is_open
    make_user(name="Gone", is_active=False)

    assert len(callers["stranger"].get("/users").json()) == (3 if is_open else 1)
    assert len(callers["staff"].get("/users").json()) == 4


@pytest.mark.parametrize(("is_open", "expected"), [(True, (201, 201, 201)), (False, (401, 403, 201))])
def test_registration(
    settings: Settings, callers: dict[str, APIClient], is_open: bool, expected: tuple[int, ...]
) -> None:
    settings.REGISTRATION_OPEN = is_open

    for caller, status in zip(("anonymous", "stranger", "staff"), expected, strict=True):
        answer = callers[caller].post("/users", {**NEW, "email": f"{caller}@example.org"})
        assert answer.status_code == status, answer.content


def test_check_deploy_warns_of_an_open_directory(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for is_open in (True, False):
        settings.USER_DIRECTORY_OPEN = is_open
        call_command("check", "--deploy")
        assert ("users.W001" in capsys.readouterr().err) is is_open
