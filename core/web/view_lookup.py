"""Finds the view of a path, so that middleware reads declarations of views instead of repeating paths."""

from functools import lru_cache
from typing import Any

from django.urls import Resolver404, resolve

MAX_CACHED_LENGTH = 200  # characters; longer paths are requested by attackers and would fill the memory


def find_view_class(path_info: str) -> type | None:
    """Returns the class of a class-based view; None for an unknown path and for a function."""
    view = find_view(path_info)
    return getattr(view, "cls", None) or getattr(view, "view_class", None)


def find_view(path_info: str) -> Any:
    """Returns the function that handles the path; None for an unknown path."""
    return find_cached(path_info) if len(path_info) <= MAX_CACHED_LENGTH else _find(path_info)


def _find(path_info: str) -> Any:
    try:
        return resolve(path_info).func
    except Resolver404:
        return None


find_cached = lru_cache(maxsize=10_000)(_find)
