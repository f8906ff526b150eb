"""Requests that need no database. They have threads of their own, so that a database outage does not delay them."""

from django.conf import settings

from core.web.view_lookup import find_view_class


class NeedsNoDatabase:
    """View mixin: responses are made without the database."""


def needs_no_database(path: str) -> bool:
    """Whether the path is a static file or belongs to a view with NeedsNoDatabase."""
    if path.startswith(settings.STATIC_URL):
        return True
    view_class = find_view_class(path)
    return view_class is not None and issubclass(view_class, NeedsNoDatabase)
