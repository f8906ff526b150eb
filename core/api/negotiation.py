"""Content negotiation."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation

from core.exceptions import InvalidParameters
from core.text import describe_unknown_choice


class StrictContentNegotiation(DefaultContentNegotiation):
    """An unknown `?format=` is an invalid parameter; the REST framework responds 404."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002  the REST framework's name
        formats = [renderer.format for renderer in renderers]
        if format not in formats:
            raise InvalidParameters({"format": [describe_unknown_choice(format, formats)]}, code="invalid_choice")
        return [renderer for renderer in renderers if renderer.format == format]
