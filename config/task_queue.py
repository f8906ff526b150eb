"""The settings of the engines that queue background tasks. Every function raises ImproperlyConfigured."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import environment as env

ENGINES = {
    "database": "django_tasks_db.DatabaseBackend",
    "rq": "core.redis_queue.Backend",
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",  # in the request, for tests
}
NO_TIMEOUT = -1


def redis_queues() -> dict[str, dict[str, Any]]:
    """The queue of RQ, in the Redis of QUEUE_URL."""
    url = env.text("QUEUE_URL")
    if not url:
        raise ImproperlyConfigured("TASKS_BACKEND=rq needs QUEUE_URL, such as redis://127.0.0.1:6379/1.")
    if urlsplit(url).scheme not in {"redis", "rediss"} or not urlsplit(url).hostname:
        raise ImproperlyConfigured("QUEUE_URL must start with redis:// or rediss://.")
    if url == env.text("CACHE_URL"):
        raise ImproperlyConfigured(
            "QUEUE_URL and CACHE_URL are the same: clearing the cache would delete tasks. Use another database number."
        )
    options = {
        "DEFAULT_TIMEOUT": NO_TIMEOUT,
        "SERIALIZER": "rq.serializers.JSONSerializer",
        "QUEUE_CLASS": "core.redis_queue.Queue",
    }
    return {"default": {"URL": _with_timeouts(url), **options}}


def _with_timeouts(url: str) -> str:
    """A web request waits at most this long for Redis. Workers raise the limit for their own connections."""
    return f"{url}{'&' if '?' in url else '?'}socket_connect_timeout=1&socket_timeout=2"
