"""Wrong settings are refused at start, by the variable's name."""

import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import databases as stores
from config import environment as env
from tests.support.installation import MANAGE, ROOT


@pytest.fixture(autouse=True)
def no_database_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_PORT", "DB_POOL_SIZE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("value", "expected"), [("", False), ("TRUE", True), ("on", True), ("0", False), (" no ", False)]
)
def test_boolean(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("FLAG", value)

    assert env.boolean("FLAG", default=False) is expected


def test_the_default_stands_where_the_variable_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "")

    assert env.boolean("X", default=True) is True
    assert env.integer("X", default=3, minimum=1, maximum=9) == 3
    assert env.seconds("X", default=0.1) == 0.1
    assert env.hosts("X", default=["a"]) == ["a"]
    assert env.contact("X") == ""


@pytest.mark.parametrize("value", ["maybe", "2"])
def test_a_wrong_boolean(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DEBUG", value)

    with pytest.raises(ImproperlyConfigured, match=f"DEBUG must be true or false, not '{value}'"):
        env.boolean("DEBUG", default=False)


@pytest.mark.parametrize("value", ["x", "-1", "10", "1.5", "٣"])
def test_a_wrong_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("N", value)

    with pytest.raises(ImproperlyConfigured, match="N must be a whole number from 1 to 9"):
        env.integer("N", default=1, minimum=1, maximum=9)


@pytest.mark.parametrize("value", ["fast", "-1", "3601", "nan"])
def test_wrong_seconds(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SHOP_DELAY", value)

    with pytest.raises(ImproperlyConfigured, match="SHOP_DELAY"):
        env.seconds("SHOP_DELAY", default=0.1)


@pytest.mark.parametrize("value", ["books.toscrape.com", "ftp://shop/", "http://", "http://x:99999/", "http://[::1"])
def test_a_wrong_web_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SHOP_URL", value)

    with pytest.raises(ImproperlyConfigured, match="SHOP_URL must be an http:// or https:// address"):
        env.web_address("SHOP_URL", default="http://shop/")


@pytest.mark.parametrize("value", ["a@example.org", "https://example.org/us"])
def test_a_contact_is_a_mail_or_web_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CONTACT", value)
    assert env.contact("CONTACT") == value

    monkeypatch.setenv("CONTACT", "call me")
    with pytest.raises(ImproperlyConfigured, match="CONTACT"):
        env.contact("CONTACT")


@pytest.mark.parametrize("value", ["http://example.org", "example.org:8000", "a b", "example.org/x", "[::zz]"])
def test_wrong_hosts(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", f"good.example,{value}")

    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS"):
        env.hosts("ALLOWED_HOSTS", default=[])


def test_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " example.org, .example.net,[::1],10.0.0.1,backend, *")

    assert env.hosts("ALLOWED_HOSTS", default=[]) == [
        "example.org",
        ".example.net",
        "[::1]",
        "10.0.0.1",
        "backend",
        "*",
    ]


def test_without_variables_the_database_is_sqlite_in_var(tmp_path: Path) -> None:
    database = stores.database(tmp_path, threads=20)

    assert database["NAME"] == str(tmp_path / "colophon.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_earlier_service_s_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"DB_HOST": "db", "DB_NAME": "books", "DB_USER": "me", "DB_PASSWORD": "p w"}.items():
        monkeypatch.setenv(name, value)

    database = stores.database(tmp_path, threads=20)

    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", "5432", "books")
    assert (database["USER"], database["PASSWORD"]) == ("me", "p w")
    assert database["OPTIONS"]["pool"]["max_size"] == 20

    monkeypatch.delenv("DB_USER")
    with pytest.raises(ImproperlyConfigured, match="DB_USER is not set"):
        stores.database(tmp_path, threads=20)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://user:hush@host/name", "postgresql://user:hush@host", "sqlite://", "//bob:hush@db/x"]
)
def test_a_wrong_database_url_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as caught:
        stores.database(tmp_path, threads=20)
    assert "hush" not in str(caught.value)


def test_the_secret_key_is_made_once_and_kept_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    folder = tmp_path / "var"

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: env.secret_key(folder), range(8)))

    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]

    monkeypatch.setenv("SECRET_KEY", "from outside")
    assert env.secret_key(folder) == "from outside"


def test_manage_says_what_is_wrong_in_one_line() -> None:
    finished = subprocess.run(
        [*MANAGE, "check"], env={**os.environ, "DEBUG": "maybe"}, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert finished.returncode == 1
    assert finished.stderr == "Configuration error: DEBUG must be true or false, not 'maybe'.\n"


@pytest.mark.parametrize(
    ("value", "proxies", "reason"),
    [
        ("books.example.org", 1, "PUBLIC_URL must be an origin such as"),
        ("https://books.example.org/path", 1, "PUBLIC_URL must be an origin such as"),
        ("https://books.example.org", 0, "say how many in NUM_PROXIES"),
        ("https://user:word@books.example.org", 1, "PUBLIC_URL must be an origin such as"),
        ("https://books.example.org#part", 1, "PUBLIC_URL must be an origin such as"),
    ],
)
def test_a_wrong_public_url(monkeypatch: pytest.MonkeyPatch, value: str, proxies: int, reason: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", value)

    with pytest.raises(ImproperlyConfigured, match=reason):
        env.public_url("PUBLIC_URL", proxies)


@pytest.mark.parametrize(
    ("hosts", "private"),
    [
        (["localhost", "127.0.0.1", "[::1]", "backend"], True),
        (["127.8.9.1"], True),
        (["127.example.org"], False),
        (["*"], False),
    ],
)
def test_what_is_this_machine_s_own(hosts: list[str], private: bool) -> None:
    assert env.are_loopback(hosts) is private
