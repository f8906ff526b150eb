"""Requests that need no database. They have threads of their own, so that a database outage does not delay them."""

from django.conf import settings

from core.web.view_lookup import find_view_class


class NeedsNoDatabase:
    """View mixin: responses are made without the database, except for pages if `page_needs_database` is true."""

    page_needs_database = False


def needs_no_database(path: str, accept: str = "") -> bool:
    """Whether the path is a static file or belongs to a view with NeedsNoDatabase. `accept` is the request's header."""
    if path.startswith(settings.STATIC_URL):
        return True
    view_class = find_view_class(path)
    if view_class is None or not issubclass(view_class, NeedsNoDatabase):
        return False
    return not (view_class.page_needs_database and "html" in accept)
