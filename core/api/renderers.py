"""Renderers: JSON and the browsable API."""

from typing import Any

import orjson
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

ENCODER = JSONEncoder()  # for times, decimals and lazy texts
OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


class JsonEditorRenderer(BrowsableAPIRenderer):
    """The browsable API with the JSON editor only.

    A generated HTML form has a select box with every row of a related table, which makes browsers fail on a large
    catalogue. The editor is filled with the fields and sends the JSON that an API client would send.
    """

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if method in {"POST", "PUT", "PATCH"}:
            return None
        return super().get_rendered_html_form(data, view, method, request)


class FastJSONRenderer(JSONRenderer):
    """JSON by orjson, or by the REST framework if the client requests indentation."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None or self.get_indent(accepted_media_type or "", renderer_context or {}) is not None:
            content: bytes = super().render(data, accepted_media_type, renderer_context)
            return content
        return orjson.dumps(data, default=ENCODER.default, option=OPTIONS)
