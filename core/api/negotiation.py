"""Content negotiation."""

from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation

from core.exceptions import InvalidParameters
from core.text import describe_unknown_choice


class StrictContentNegotiation(DefaultContentNegotiation):
    """An unknown `?format=` is an invalid parameter; the REST framework responds 404.

    Problem documents are JSON for this purpose: Swagger UI accepts only the media types that the schema states, and
    those of an operation without a response body are its errors.
    """

    def get_accept_list(self, request: Any) -> list[str]:
        accepted: list[str] = super().get_accept_list(request)
        return [token.replace("application/problem+json", "application/json") for token in accepted]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable as error:
            types = ", ".join(renderer.media_type for renderer in renderers)
            detail = f"The Accept header contains no media type of this resource. The types are: {types}."
            raise NotAcceptable(detail, available_renderers=renderers) from error

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002  the REST framework's name
        formats = [renderer.format for renderer in renderers]
        if format not in formats:
            raise InvalidParameters({"format": [describe_unknown_choice(format, formats)]}, code="invalid_choice")
        return [renderer for renderer in renderers if renderer.format == format]
