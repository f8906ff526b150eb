"""The browsable API."""

from typing import Any

from rest_framework.renderers import BrowsableAPIRenderer


class JsonEditorRenderer(BrowsableAPIRenderer):
    """The browsable API with the JSON editor only.

    A generated HTML form has a select box with every row of a related table, which makes browsers fail on a large
    catalogue. The editor is filled with the fields and sends the JSON that an API client would send.
    """

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if method in {"POST", "PUT", "PATCH"}:
            return None
        return super().get_rendered_html_form(data, view, method, request)
