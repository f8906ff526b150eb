"""The settings DATABASES and CACHES. Every function raises ImproperlyConfigured."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config import environment as env

DB_VARIABLES = ("DB_HOST", "DB_NAME", "DB_USER")
SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "core.db.postgresql"
ENGINES = {"django.db.backends.postgresql": POSTGRESQL, SQLITE: SQLITE}  # of dj-database-url, and ours
RESPONSE_GRACE_SECONDS = 5  # after DB_STATEMENT_TIMEOUT, in which the server must have cancelled the statement


def database(var_dir: Path, *, threads: int) -> dict[str, Any]:
    """The database of DATABASE_URL, else of the DB_* variables, else SQLite in `var_dir`; for `threads` web threads."""
    if url := env.text("DATABASE_URL"):
        database = _parse_url(url)
    elif any(env.text(name) for name in DB_VARIABLES):
        database = _read_variables()
    else:
        database = {"ENGINE": SQLITE, "NAME": str(var_dir / "colophon.sqlite3")}
    settings = _sqlite_settings() if database["ENGINE"] == SQLITE else _postgresql_settings(threads)
    return {**database, **settings, "OPTIONS": {**database.get("OPTIONS", {}), **settings["OPTIONS"]}}


def files(database: dict[str, Any]) -> list[Path]:
    """The SQLite file and the two files that SQLite adds to it."""
    if database["ENGINE"] != SQLITE:
        return []
    return [Path(database["NAME"] + suffix) for suffix in ("", "-wal", "-shm")]


def _parse_url(url: str) -> dict[str, Any]:
    # The URL may contain a password, so no message repeats it.
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        database = {}
    if database.get("ENGINE") not in ENGINES:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// or sqlite:///.")
    if database.get("NAME") in {"", None, ":memory:"}:
        raise ImproperlyConfigured("DATABASE_URL names no database (SQLite: sqlite:////absolute/path).")
    return {**database, "ENGINE": ENGINES[database["ENGINE"]]}


def _read_variables() -> dict[str, Any]:
    for name in DB_VARIABLES:
        if not env.text(name):
            raise ImproperlyConfigured(f"{name} is not set, but other DB_ variables are.")
    return {
        "ENGINE": POSTGRESQL,
        "HOST": env.text("DB_HOST"),
        "PORT": str(env.integer("DB_PORT", default=5432, minimum=1, maximum=65535)),
        "NAME": env.text("DB_NAME"),
        "USER": env.text("DB_USER"),
        "PASSWORD": env.text("DB_PASSWORD"),
    }


def _sqlite_settings() -> dict[str, Any]:
    options = {
        # A transaction takes the write lock when it starts, so that it waits for its turn instead of failing halfway.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # WAL: reads continue during a write. recursive_triggers: delete triggers fire for replaced rows, which the
        # search index needs. cache_size: 2.5 MB of pages for each web thread, because a search reads many pages.
        # synchronous: a confirmed write survives a power failure; some builds of SQLite default to less in WAL mode.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
        "PRAGMA cache_size=-2500;",
    }
    # Web threads keep their connections, because opening the file takes longer than a small read.
    return {"CONN_MAX_AGE": 600, "OPTIONS": options}


def _postgresql_settings(threads: int) -> dict[str, Any]:
    # One connection a thread, so that threads that wait for Open Library take none from the others.
    size = env.integer("DB_POOL_SIZE", default=threads, minimum=0, maximum=500)
    timeout = env.integer("DB_STATEMENT_TIMEOUT", default=30, minimum=0, maximum=86_400)
    uses_pgbouncer = env.boolean("DB_PGBOUNCER", default=False)
    options: dict[str, Any] = {
        "uses_pgbouncer": uses_pgbouncer,
        "pool": {"min_size": 1, "max_size": size, "timeout": 3} if size else None,
        "connect_timeout": 3,
        "tcp_user_timeout": 10_000,  # milliseconds, after which a connection to a silent server is closed
        # With PgBouncer, DB_STATEMENT_TIMEOUT states the role's own limit.
        "response_seconds": timeout + RESPONSE_GRACE_SECONDS if timeout else None,
    }
    if timeout and not uses_pgbouncer:  # PgBouncer rejects connections that send `options`
        options["options"] = f"-c statement_timeout={timeout}s"
    # A server-side cursor outside a transaction is lost in transaction mode: each statement may have another server
    # connection.
    return {"CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": uses_pgbouncer, "OPTIONS": options}


def cache(name: str) -> dict[str, Any]:
    """The cache of Open Library responses: a database table, or Redis.

    If Redis is unavailable, cached values are missing and requests still succeed.
    """
    url = env.text(name)
    if not url:
        return {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    if urlsplit(url).scheme not in {"redis", "rediss"} or not urlsplit(url).hostname:
        raise ImproperlyConfigured(f"{name} must start with redis:// or rediss://, or be empty.")
    options = {
        "SOCKET_CONNECT_TIMEOUT": 1,
        "SOCKET_TIMEOUT": 1,
        "IGNORE_EXCEPTIONS": True,
        "LOG_IGNORED_EXCEPTIONS": True,
    }
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "KEY_PREFIX": "colophon", "OPTIONS": options}
