"""The service behind a TLS proxy, at the address in PUBLIC_URL."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.installation import Installation
from tests.support.service_process import ServiceProcess, run_service

PUBLIC_URL = "https://books.example.org"
ENVIRONMENT = {"PUBLIC_URL": PUBLIC_URL, "NUM_PROXIES": "1"}
PROXY_HEADERS = {"Host": "books.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
PASSWORD = "correct horse battery"
pytestmark = pytest.mark.xdist_group("proxy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[ServiceProcess]:
    with run_service("serve", folder, **ENVIRONMENT, DJANGO_SUPERUSER_PASSWORD=PASSWORD) as process:
        process.wait_for_line("Colophon serves on")
        yield process


def test_staff_can_sign_in_through_the_proxy(service: ServiceProcess, folder: Path) -> None:
    environment = {"VAR_DIR": str(folder / "var"), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
    Installation(environment, "").manage(
        "createsuperuser", "--noinput", "--email", "superuser@example.org", "--name", "Superuser"
    ).check_returncode()
    page = f"{service.address}admin/login/"
    form = requests.get(page, headers=PROXY_HEADERS, timeout=10)
    csrf_token = form.cookies["csrftoken"]

    response = requests.post(
        page,
        {"username": "superuser@example.org", "password": PASSWORD, "csrfmiddlewaretoken": csrf_token},
        headers={
            **PROXY_HEADERS, "Origin": PUBLIC_URL, "Referer": f"{PUBLIC_URL}/admin/login/",
            "Cookie": f"csrftoken={csrf_token}",
        },
        timeout=10,
        allow_redirects=False,
    )  # fmt: skip

    assert response.status_code == 302
    assert "Secure" in response.headers["Set-Cookie"]
    assert form.headers["Strict-Transport-Security"] == "max-age=3600"


def test_plain_http_is_redirected_except_for_health_checks(service: ServiceProcess) -> None:
    plain = requests.get(
        f"{service.address}books", headers={"Host": "books.example.org"}, timeout=10, allow_redirects=False
    )

    assert (plain.status_code, plain.headers["Location"]) == (301, f"{PUBLIC_URL}/books")
    assert [requests.get(service.address + path, timeout=10).status_code for path in ("", "ready")] == [200, 200]


def test_deployment_check_passes(tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "CONTACT": "staff@example.org",
                   "EMAIL_URL": "smtps://user:secret@mail.example.org", **ENVIRONMENT}  # fmt: skip

    finished: subprocess.CompletedProcess[str] = Installation(environment, "").manage(
        "check", "--deploy", "--fail-level", "WARNING"
    )

    assert finished.returncode == 0, finished.stderr
