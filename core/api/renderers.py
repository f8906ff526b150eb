"""How answers are written: JSON for programs, pages for people."""

from typing import Any

import orjson
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

ENCODER = JSONEncoder()  # for what JSON has no type for: times, decimals, lazy texts
OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


class BrowsableRenderer(BrowsableAPIRenderer):
    """The browsable API with the JSON editor only.

    A generated HTML form offers each relation as a select box with every row of its table, which no browser
    survives on a large catalogue; the editor comes filled with the fields and sends what an API client would.
    """

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if method in {"POST", "PUT", "PATCH"}:
            return None
        return super().get_rendered_html_form(data, view, method, request)


class FastJSONRenderer(JSONRenderer):
    """The framework's JSON, written by orjson where no indentation is asked for."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None or self.get_indent(accepted_media_type or "", renderer_context or {}) is not None:
            written: bytes = super().render(data, accepted_media_type, renderer_context)
            return written
        return orjson.dumps(data, default=ENCODER.default, option=OPTIONS)
