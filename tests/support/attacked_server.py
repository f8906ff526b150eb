"""Fixtures: a running server that receives hostile requests, and the headers of its superuser."""

from collections.abc import Iterator

import pytest
import requests
from pytest_django.plugin import DjangoDbBlocker

from tests.support.installation import Installation
from tests.support.running import Running, running

PASSWORD = "correct horse battery"
BOSS = {"email": "boss@example.org", "password": PASSWORD}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("bodies")
    environment = {"BODY_SECONDS": "1", "LOGINS_PER_ADDRESS": "none", "LOGINS_PER_ACCOUNT": "none", "CONTACT": ""}
    with Installation.create(folder) as installed:
        created = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        Installation({**installed.environment, **created}, "").manage(
            "createsuperuser", "--noinput", "--email", BOSS["email"], "--name", "Boss"
        ).check_returncode()
        with running("serve", folder, DATABASE_URL=installed.environment["DATABASE_URL"], **environment) as started:
            started.line_with("Colophon serves on")
            yield started


@pytest.fixture(scope="module")
def boss(attacked: Running) -> dict[str, str]:
    token = requests.post(f"{attacked.address}api/auth/login", json=BOSS, timeout=10).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    book = requests.post(f"{attacked.address}api/books", json={"title": "Odes"}, headers=headers, timeout=10).json()
    requests.post(f"{attacked.address}api/library", json={"book": book["id"]}, headers=headers, timeout=10)
    return headers
