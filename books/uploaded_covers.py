"""The addresses of covers that people upload. A book stores their path, because the host of the service can change."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest
from rest_framework.request import Request

DIGEST_LENGTH = 12  # characters in the path, so that another image has another path
PATH = re.compile(rf"/covers/([0-9]{{1,19}})/[0-9]{{1,5}}\?v=[0-9a-f]{{{DIGEST_LENGTH}}}")
ORIGIN = re.compile("https?://[^/]+")
validate_url = URLValidator()


def is_uploaded(cover_url: str | None) -> bool:
    return bool(cover_url) and str(cover_url).startswith("/")


def find_book(path: str) -> int | None:
    """The id of the book that the path of an uploaded cover belongs to."""
    match = PATH.fullmatch(path)
    return int(match[1]) if match else None


def validate_cover_url(value: str) -> None:
    """Accepts the URL of an image, or the path of an uploaded cover. Raises ValidationError."""
    if find_book(value) is None:
        validate_url(value)


def make_absolute(cover_url: str | None, request: HttpRequest | Request | None) -> str | None:
    """The URL of an uploaded cover at the host of the request. Other URLs, and all without a request, stay."""
    if request is None or not is_uploaded(cover_url):
        return cover_url
    return str(request.build_absolute_uri(cover_url))


def is_url_of(value: Any, path: str) -> bool:
    """Whether the value is the URL of an uploaded cover at any host."""
    return isinstance(value, str) and value.endswith(path) and bool(ORIGIN.fullmatch(value.removesuffix(path)))


def reject_foreign_path(cover_url: str | None, book: int | None) -> None:
    """Raises ValidationError for the path of another book's cover, which is deleted with that book."""
    if is_uploaded(cover_url) and find_book(str(cover_url)) != book:
        raise ValidationError({"cover_url": "This is the uploaded cover of another book. Upload the image again here."})
