"""Every route that the project has, found in its URL configuration."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

VERBS = ("get", "post", "put", "patch", "delete")
PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each path, such as `/api/books/{pk}`, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        written = before + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLPattern):
            yield "/" + PARAMETER.sub(lambda found: f"{{{found[1] or found[2]}}}", written), entry.callback
        else:
            yield from routes(entry, written)


def methods(view: Any) -> list[str]:
    """The methods that a view of the API, or a class of Django's, has a handler for."""
    if actions := getattr(view, "actions", None):
        return [verb.upper() for verb in VERBS if verb in actions]
    view_class = getattr(view, "view_class", getattr(view, "cls", None))
    return [verb.upper() for verb in VERBS if hasattr(view_class, verb)] if view_class else ["GET"]
