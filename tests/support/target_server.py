"""Fixtures: a running server that receives hostile requests, and the headers of its superuser."""

from collections.abc import Iterator

import pytest
import requests
from pytest_django.plugin import DjangoDbBlocker

from tests.support.installation import Installation
from tests.support.service_process import ServiceProcess, run_service

PASSWORD = "correct horse battery"
SUPERUSER = {"email": "superuser@example.org", "password": PASSWORD}


@pytest.fixture(scope="session")
def target_server(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("target")
    environment = {"BODY_SECONDS": "1", "LOGINS_PER_ADDRESS": "none", "LOGINS_PER_ACCOUNT": "none", "CONTACT": ""}
    with Installation.create(folder) as installed:
        create_superuser(installed)
        database_url = installed.environment["DATABASE_URL"]
        with run_service("serve", folder, DATABASE_URL=database_url, **environment) as service:
            service.wait_for_line("Colophon serves on")
            yield service


def create_superuser(installed: Installation) -> None:
    password = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    Installation({**installed.environment, **password}, "").manage(
        "createsuperuser", "--noinput", "--email", SUPERUSER["email"], "--name", "Superuser"
    ).check_returncode()


def sign_in_superuser(server: ServiceProcess) -> str:
    """Returns the token."""
    return post_json(server, "api/auth/login", SUPERUSER, {})["token"]


@pytest.fixture(scope="session")
def superuser_headers(target_server: ServiceProcess) -> dict[str, str]:
    """Signs in, and creates a book and a library entry for the requests to act on."""
    headers = {"Authorization": f"Bearer {sign_in_superuser(target_server)}"}
    book = post_json(target_server, "api/books", {"title": "Odes"}, headers)
    post_json(target_server, "api/library", {"book": book["id"]}, headers)
    return headers


def post_json(server: ServiceProcess, path: str, body: dict[str, str], headers: dict[str, str]) -> dict[str, str]:
    response = requests.post(server.address + path, json=body, headers=headers, timeout=10)
    response.raise_for_status()
    document: dict[str, str] = response.json()
    return document
