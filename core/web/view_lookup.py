"""Finds the view class of a path, so that middleware reads declarations of views instead of repeating paths."""

from functools import lru_cache

from django.urls import Resolver404, resolve


@lru_cache(maxsize=10_000)
def find_view_class(path_info: str) -> type | None:
    """Returns the class of a class-based view; None for an unknown path and for a function."""
    try:
        view = resolve(path_info).func
    except Resolver404:
        return None
    return getattr(view, "cls", None) or getattr(view, "view_class", None)
