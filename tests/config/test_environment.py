"""Settings from the environment: an invalid value stops the start with an error that names the variable."""

import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import databases
from config import environment as env
from tests.support.installation import MANAGE, ROOT


@pytest.fixture(autouse=True)
def without_database_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("DB_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("value", "expected"), [("", False), ("TRUE", True), ("on", True), ("0", False), (" no ", False)]
)
def test_boolean(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("FLAG", value)

    assert env.boolean("FLAG", default=False) is expected


def test_empty_variable_has_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "")

    assert env.boolean("X", default=True) is True
    assert env.integer("X", default=3, minimum=1, maximum=9) == 3
    assert env.seconds("X", default=0.1) == 0.1
    assert env.hosts("X", default=["a"]) == ["a"]
    assert env.contact("X") == ""


@pytest.mark.parametrize("value", ["maybe", "2"])
def test_invalid_boolean(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DEBUG", value)

    with pytest.raises(ImproperlyConfigured, match=f"DEBUG must be true or false, not '{value}'"):
        env.boolean("DEBUG", default=False)


@pytest.mark.parametrize("value", ["x", "-1", "10", "1.5"])
def test_invalid_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("N", value)

    with pytest.raises(ImproperlyConfigured, match="N must be a whole number from 1 to 9"):
        env.integer("N", default=1, minimum=1, maximum=9)


@pytest.mark.parametrize("value", ["fast", "-1", "3601", "nan"])
def test_invalid_seconds(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SHOP_DELAY", value)

    with pytest.raises(ImproperlyConfigured, match="SHOP_DELAY"):
        env.seconds("SHOP_DELAY", default=0.1)


@pytest.mark.parametrize("value", ["books.toscrape.com", "ftp://shop/", "http://", "http://x:99999/", "http://[::1"])
def test_invalid_web_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SHOP_URL", value)

    with pytest.raises(ImproperlyConfigured, match="SHOP_URL must be an http:// or https:// address"):
        env.web_address("SHOP_URL", default="http://shop/")


@pytest.mark.parametrize("value", ["a@example.org", "https://example.org/us"])
def test_contact_is_an_email_or_web_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CONTACT", value)
    assert env.contact("CONTACT") == value

    monkeypatch.setenv("CONTACT", "call me")
    with pytest.raises(ImproperlyConfigured, match="CONTACT"):
        env.contact("CONTACT")


@pytest.mark.parametrize("value", ["http://example.org", "example.org:8000", "a b", "example.org/x", "[::zz]"])
def test_invalid_hosts(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
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


def test_default_database_is_sqlite(tmp_path: Path) -> None:
    database = databases.database(tmp_path, threads=20)

    assert database["NAME"] == str(tmp_path / "colophon.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_database_variables_of_the_earlier_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"DB_HOST": "db", "DB_NAME": "books", "DB_USER": "me", "DB_PASSWORD": "p w"}.items():
        monkeypatch.setenv(name, value)

    database = databases.database(tmp_path, threads=20)

    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", "5432", "books")
    assert (database["USER"], database["PASSWORD"]) == ("me", "p w")
    assert database["OPTIONS"]["pool"]["max_size"] == 20

    monkeypatch.delenv("DB_USER")
    with pytest.raises(ImproperlyConfigured, match="DB_USER is not set"):
        databases.database(tmp_path, threads=20)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://user:hush@host/name", "postgresql://user:hush@host", "sqlite://", "//bob:hush@db/x"]
)
def test_invalid_database_url_is_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as caught:
        databases.database(tmp_path, threads=20)
    assert "hush" not in str(caught.value)


def test_secret_key_is_generated_once_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    folder = tmp_path / "var"

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: env.secret_key(folder), range(8)))

    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]

    monkeypatch.setenv("SECRET_KEY", "from the environment")
    assert env.secret_key(folder) == "from the environment"


def test_manage_reports_an_invalid_setting_in_one_line() -> None:
    result = subprocess.run(
        [*MANAGE, "check"], env={**os.environ, "DEBUG": "maybe"}, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert result.stderr == "Configuration error: DEBUG must be true or false, not 'maybe'.\n"


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
def test_invalid_public_url(monkeypatch: pytest.MonkeyPatch, value: str, proxies: int, reason: str) -> None:
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
def test_loopback_hosts(hosts: list[str], private: bool) -> None:
    assert env.are_loopback(hosts) is private


def test_sqlite_syncs_each_commit(tmp_path: Path) -> None:
    """A build of SQLite may default to a setting that loses confirmed writes in a power failure."""
    options = databases.database(tmp_path, threads=1)["OPTIONS"]

    assert "PRAGMA synchronous=FULL;" in options["init_command"]


@pytest.mark.parametrize(("limit", "expected"), [("", 35), ("0", None), ("7", 12)])
def test_responses_of_postgresql_have_a_limit_after_the_servers_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, expected: int | None
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader@127.0.0.1/colophon")
    monkeypatch.setenv("DB_STATEMENT_TIMEOUT", limit)

    assert databases.database(tmp_path, threads=1)["OPTIONS"]["response_seconds"] == expected


@pytest.mark.parametrize(
    ("pgbouncer", "limit", "expected"),
    [
        ("", "", "-c statement_timeout=30s"),
        ("false", "7", "-c statement_timeout=7s"),
        ("", "0", None),
        ("true", "", None),
        ("true", "7", None),
    ],
)
def test_startup_options_are_sent_only_for_a_timeout_and_not_to_pgbouncer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pgbouncer: str, limit: str, expected: str | None
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader@127.0.0.1/colophon")
    monkeypatch.setenv("DB_PGBOUNCER", pgbouncer)
    monkeypatch.setenv("DB_STATEMENT_TIMEOUT", limit)

    assert databases.database(tmp_path, threads=1)["OPTIONS"].get("options") == expected


def test_pgbouncer_disables_server_side_cursors_and_keeps_the_limit_of_responses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader@127.0.0.1/colophon")
    assert databases.database(tmp_path, threads=1)["DISABLE_SERVER_SIDE_CURSORS"] is False

    monkeypatch.setenv("DB_PGBOUNCER", "true")
    database = databases.database(tmp_path, threads=1)

    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database["OPTIONS"]["response_seconds"] == 35


def test_invalid_pgbouncer_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://reader@127.0.0.1/colophon")
    monkeypatch.setenv("DB_PGBOUNCER", "transaction")

    with pytest.raises(ImproperlyConfigured, match="DB_PGBOUNCER must be true or false, not 'transaction'"):
        databases.database(tmp_path, threads=1)
