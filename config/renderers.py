"""How the API shows itself to a person."""

from typing import Any

from rest_framework.renderers import BrowsableAPIRenderer


class BrowsableRenderer(BrowsableAPIRenderer):
    """The browsable API with the JSON editor only.

    A generated HTML form offers each relation as a select box with every row of its table, which no browser
    survives on a large catalogue; the editor comes filled with the fields and sends what an API client would.
    """

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if method in {"POST", "PUT", "PATCH"}:
            return None
        return super().get_rendered_html_form(data, view, method, request)
