"""Which database and which cache the environment names. Every reader raises ImproperlyConfigured."""

import os
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config import environment as env

DB_VARIABLES = ("DB_HOST", "DB_NAME", "DB_USER")


def database(var_dir: Path, *, threads: int) -> dict[str, Any]:
    """The default database: DATABASE_URL, else the DB_* variables, else SQLite in `var_dir`; for so many threads."""
    if env.text("DATABASE_URL"):
        parsed = _database_url(env.text("DATABASE_URL"))
    elif any(env.text(name) for name in DB_VARIABLES):
        parsed = _database_variables()
    else:
        parsed = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(var_dir / "colophon.sqlite3")}
    return _with_options(parsed, threads)


def _database_url(url: str) -> dict[str, Any]:
    # The URL may hold a password: no message repeats it.
    try:
        with warnings.catch_warnings(action="ignore"):  # its warnings repeat the parts
            parsed = dict(environ.Env.db_url_config(url))
    except Exception as error:  # the parser raises whatever its parts raise
        raise ImproperlyConfigured("DATABASE_URL cannot be read as a database address.") from error
    if parsed.get("ENGINE") not in {"django.db.backends.postgresql", "django.db.backends.sqlite3"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// or sqlite:///.")
    if parsed.get("NAME") in {"", ":memory:"}:
        raise ImproperlyConfigured("DATABASE_URL names no database (SQLite: sqlite:////absolute/path).")
    return parsed


def _database_variables() -> dict[str, Any]:
    for name in DB_VARIABLES:
        if not env.text(name):
            raise ImproperlyConfigured(f"{name} is not set, but other DB_ variables are.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": env.text("DB_HOST"),
        "PORT": str(env.integer("DB_PORT", default=5432, minimum=1, maximum=65535)),
        "NAME": env.text("DB_NAME"),
        "USER": env.text("DB_USER"),
        "PASSWORD": os.environ.get("DB_PASSWORD", ""),
    }


def _with_options(parsed: dict[str, Any], threads: int) -> dict[str, Any]:
    if parsed["ENGINE"].endswith("sqlite3"):
        options: dict[str, Any] = {
            # A writer takes its lock when its transaction begins: it waits its turn instead of failing halfway.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # WAL: readers go on while one writes. Django itself switches foreign keys on.
            # Triggers that delete fire where a row is replaced, too: the search index hears of it.
            # Each web thread keeps 4 MB of pages at hand: a search reads many.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA recursive_triggers=ON; PRAGMA cache_size=-4000;",
        }
        # Each web thread keeps its connection: opening the file anew takes longer than a small read.
        parsed = {**parsed, "CONN_MAX_AGE": 600}
    else:
        # One for each thread: threads that wait for Open Library keep theirs meanwhile, and take nobody else's.
        size = env.integer("DB_POOL_SIZE", default=threads, minimum=0, maximum=500)
        patience = env.integer("DB_STATEMENT_TIMEOUT", default=30, minimum=0, maximum=86_400)
        options = {
            "pool": {"min_size": 1, "max_size": size, "timeout": 3} if size else None,
            "connect_timeout": 3,
            "tcp_user_timeout": 10_000,  # milliseconds: a server that fell silent is given up
            "options": f"-c statement_timeout={patience}s",
        }
    return {**parsed, "OPTIONS": {**parsed.get("OPTIONS", {}), **options}}


def cache(name: str) -> dict[str, Any]:
    """Where answers and counters are kept: a table of the database, which is shared and lasts, or Redis.

    A Redis that is away costs what it kept, never an answer.
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
    quick = {
        "SOCKET_CONNECT_TIMEOUT": 1,
        "SOCKET_TIMEOUT": 1,
        "IGNORE_EXCEPTIONS": True,
        "LOG_IGNORED_EXCEPTIONS": True,
    }
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "KEY_PREFIX": "colophon", "OPTIONS": quick}
