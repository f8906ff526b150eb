"""All routes of the project, read from its URL configuration."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")
PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


def list_routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each path, such as `/api/books/{pk}`, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLPattern):
            yield "/" + PARAMETER.sub(lambda match: f"{{{match[1] or match[2]}}}", pattern), entry.callback
        else:
            yield from list_routes(entry, pattern)


def list_methods(view: Any) -> list[str]:
    """The methods that a view handles. A plain function counts as GET."""
    if actions := getattr(view, "actions", None):
        return [method.upper() for method in METHODS if method in actions]
    view_class = getattr(view, "view_class", getattr(view, "cls", None))
    return [method.upper() for method in METHODS if hasattr(view_class, method)] if view_class else ["GET"]
