"""Who may see and make whom, with the directory and the registration open and closed."""

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_user

pytestmark = pytest.mark.django_db

NEW = {"name": "New", "email": "new@example.org", "age": 1}


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
