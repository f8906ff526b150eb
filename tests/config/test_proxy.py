"""Behind a proxy with TLS, at the address that PUBLIC_URL names."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.installation import Installation
from tests.support.running import Running, running

PUBLIC = "https://books.example.org"
BEHIND = {"PUBLIC_URL": PUBLIC, "NUM_PROXIES": "1"}
PROXY = {"Host": "books.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
PASSWORD = "correct horse battery"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running("serve", tmp_path, **BEHIND, DJANGO_SUPERUSER_PASSWORD=PASSWORD) as started:
        started.line_with("Colophon serves on")
        yield started


def test_staff_sign_in_through_the_proxy(service: Running, tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path / "var"), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
    Installation(environment, "").manage(
        "createsuperuser", "--noinput", "--email", "boss@example.org", "--name", "Boss"
    ).check_returncode()
    page = f"{service.address}admin/login/"
    form = requests.get(page, headers=PROXY, timeout=10)
    key = form.cookies["csrftoken"]

    answer = requests.post(
        page,
        {"username": "boss@example.org", "password": PASSWORD, "csrfmiddlewaretoken": key},
        headers={**PROXY, "Origin": PUBLIC, "Referer": f"{PUBLIC}/admin/login/", "Cookie": f"csrftoken={key}"},
        timeout=10,
        allow_redirects=False,
    )

    assert answer.status_code == 302
    assert "Secure" in answer.headers["Set-Cookie"]
    assert form.headers["Strict-Transport-Security"] == "max-age=3600"


def test_a_plain_request_is_sent_to_tls_and_the_health_checks_are_not(service: Running) -> None:
    plain = requests.get(
        f"{service.address}books", headers={"Host": "books.example.org"}, timeout=10, allow_redirects=False
    )

    assert (plain.status_code, plain.headers["Location"]) == (301, f"{PUBLIC}/books")
    assert [requests.get(service.address + path, timeout=10).status_code for path in ("", "ready")] == [200, 200]


def test_check_deploy_has_nothing_left_to_say(tmp_path: Path) -> None:
    environment = {"VAR_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "CONTACT": "staff@example.org", **BEHIND}

    finished: subprocess.CompletedProcess[str] = Installation(environment, "").manage(
        "check", "--deploy", "--fail-level", "WARNING"
    )

    assert finished.returncode == 0, finished.stderr
