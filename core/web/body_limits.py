"""Limits on request bodies. Views that accept larger ones than the service does declare it."""

from django.conf import settings

from core.web.view_lookup import MAX_CACHED_LENGTH, find_view

CREDENTIALS = ("HTTP_AUTHORIZATION", "HTTP_COOKIE")


class AcceptsLargeBodies:
    """View mixin: `large_bodies` has the largest body in bytes by action of a viewset, or by method (`post`).

    The view must read such a body as multipart form data: Django limits all others to DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    large_bodies: dict[str, int] = {}


def find_body_limit(environ: dict[str, str]) -> int:
    """The largest body in bytes. Clients that send no credentials have the general limit on every route."""
    path = environ["PATH_INFO"].rstrip("/")
    if len(path) > MAX_CACHED_LENGTH or not any(name in environ for name in CREDENTIALS):
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    view = find_view(path)
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    method = environ["REQUEST_METHOD"].lower()
    action = getattr(view, "actions", {}).get(method, method)
    large_bodies: dict[str, int] = getattr(view_class, "large_bodies", {})
    return large_bodies.get(action, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
